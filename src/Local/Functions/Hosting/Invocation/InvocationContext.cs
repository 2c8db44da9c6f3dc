namespace Microsoft.Azure.Functions.Worker.Hosting.Invocation;

/// <summary>One invocation.</summary>
internal sealed class InvocationContext(BoundFunction function, Cause cause, IServiceProvider services, CancellationToken cancellationToken) : FunctionContext
{
    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => function.Definition.Id;

    public override TraceContext TraceContext => cause.Trace;

    public override BindingContext BindingContext { get; } = new CauseData(cause);

    public override RetryContext RetryContext => NeverRetried.Instance;

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override FunctionDefinition FunctionDefinition => function.Definition;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>(cause.Items);

    public override IInvocationFeatures Features { get; } = new InvocationFeatures();

    public override CancellationToken CancellationToken => cancellationToken;

    sealed class CauseData(Cause cause) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => cause.BindingData;
    }

    /// <summary>Retry policies of functions are not for the triggers that the local host runs, the timer's excepted, and there is none of those here.</summary>
    sealed class NeverRetried : RetryContext
    {
        public static readonly NeverRetried Instance = new();

        public override int RetryCount => 0;

        public override int MaxRetryCount => 0;
    }
}
