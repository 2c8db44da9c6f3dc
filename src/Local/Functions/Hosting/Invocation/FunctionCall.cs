namespace Microsoft.Azure.Functions.Worker.Hosting.Invocation;

/// <summary>
/// The call at the inner end of the middleware, and its result. It travels as a feature of the invocation, so that it is found through
/// whatever middleware has put around the context.
/// </summary>
internal sealed class FunctionCall(BoundFunction function, object trigger)
{
    public object? Result { get; private set; }

    /// <summary>What the middleware stands around.</summary>
    public static async Task ExecuteAsync(FunctionContext context)
    {
        var call = context.Features.Get<FunctionCall>()
            ?? throw new InvalidOperationException("The context that middleware passed on lacks the invocation's features. Pass on the context it was given, or one with the same features.");
        call.Result = await call.RunAsync(context);
    }

    Task<object?> RunAsync(FunctionContext context) => function.RunAsync(context, trigger);
}
