namespace Microsoft.Azure.Functions.Worker.Hosting.Invocation;

/// <summary>Where the value of one parameter comes from.</summary>
/// <param name="context">The invocation.</param>
/// <param name="trigger">What the trigger brought.</param>
internal delegate object? ParameterSource(FunctionContext context, object trigger);
