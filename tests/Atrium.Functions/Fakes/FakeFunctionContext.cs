using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>An invocation of a function; of an HTTP function when it has a request.</summary>
sealed class FakeFunctionContext : FunctionContext
{
    // The worker's key.
    const string HttpKey = "HttpRequestContext";

    public FakeFunctionContext(
        HttpContext? http = null,
        string name = "Ingest",
        IReadOnlyDictionary<string, object?>? bindingData = null,
        string traceParent = "",
        string? trigger = null,
        CancellationToken cancellationToken = default)
    {
        CancellationToken = cancellationToken;
        TraceContext = new Traced(traceParent);
        FunctionDefinition = new Definition(name, trigger);
        BindingContext = new Bound(bindingData ?? new Dictionary<string, object?>());
        if (http is not null)
        {
            Items[HttpKey] = http;
        }
    }

    public override string InvocationId => "1";
    public override string FunctionId => "1";
    public override TraceContext TraceContext { get; }
    public override BindingContext BindingContext { get; }
    public override RetryContext RetryContext => throw new NotSupportedException();
    public override IServiceProvider InstanceServices { get; set; } = null!;
    public override FunctionDefinition FunctionDefinition { get; }
    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();
    public override CancellationToken CancellationToken { get; }
    public override IInvocationFeatures Features => throw new NotSupportedException();

    sealed class Traced(string traceParent) : TraceContext
    {
        public override string TraceParent => traceParent;
        public override string TraceState => "";
    }

    sealed class Trigger(string type) : BindingMetadata
    {
        public override string Name => "trigger";
        public override string Type => type;
        public override BindingDirection Direction => BindingDirection.In;
    }

    sealed class Bound(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    sealed class Definition(string name, string? trigger) : FunctionDefinition
    {
        public override ImmutableArray<FunctionParameter> Parameters => [];
        public override string PathToAssembly => "";
        public override string EntryPoint => "";
        public override string Id => "1";
        public override string Name => name;
        public override IImmutableDictionary<string, BindingMetadata> InputBindings => trigger is null
            ? ImmutableDictionary<string, BindingMetadata>.Empty
            : ImmutableDictionary<string, BindingMetadata>.Empty.Add("trigger", new Trigger(trigger));
        public override IImmutableDictionary<string, BindingMetadata> OutputBindings =>
            ImmutableDictionary<string, BindingMetadata>.Empty;
    }
}
