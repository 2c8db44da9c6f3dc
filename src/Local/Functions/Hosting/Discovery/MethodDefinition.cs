using System.Collections.Immutable;

namespace Microsoft.Azure.Functions.Worker.Hosting.Discovery;

/// <summary>A function's definition, read off its method.</summary>
internal sealed class MethodDefinition(FunctionMethod function) : FunctionDefinition
{
    public override ImmutableArray<FunctionParameter> Parameters { get; } =
        [.. function.Method.GetParameters().Select(p => new FunctionParameter(p.Name!, p.ParameterType, p.HasDefaultValue, p.HasDefaultValue ? p.DefaultValue : null))];

    public override string PathToAssembly => function.Class.Assembly.Location;

    public override string EntryPoint => $"{function.Class.FullName}.{function.Method.Name}";

    /// <summary>Names are unique in an app, so a name can be an id.</summary>
    public override string Id => function.Name;

    public override string Name => function.Name;

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } =
        ImmutableDictionary<string, BindingMetadata>.Empty.Add(
            function.TriggerParameter.Name!,
            new Binding(function.TriggerParameter.Name!, TriggerType(function), BindingDirection.In));

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; } = function.Trigger is HttpTriggerAttribute
        ? ImmutableDictionary<string, BindingMetadata>.Empty.Add("$return", new Binding("$return", "http", BindingDirection.Out))
        : ImmutableDictionary<string, BindingMetadata>.Empty;

    static string TriggerType(FunctionMethod function) => function.Trigger switch
    {
        HttpTriggerAttribute => "httpTrigger",
        ServiceBusTriggerAttribute => "serviceBusTrigger",
        TimerTriggerAttribute => "timerTrigger",
        _ => throw new InvalidOperationException($"Discovery let through a trigger that nothing runs: {function.Trigger.GetType()}."),
    };

    sealed class Binding(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => direction;
    }
}
