using Atrium.Local.Host.Worker.Messages;
using Google.Protobuf.Reflection;

namespace Atrium.Local.Host.Tests.Worker;

/// <summary>The host's own description of what it says to its worker agrees with the genuine worker's.</summary>
public sealed class ContractTests
{
    static readonly FileDescriptor s_genuine = (FileDescriptor)Type
        .GetType(
            "Microsoft.Azure.Functions.Worker.Grpc.Messages.FunctionRpcReflection, "
            + "Microsoft.Azure.Functions.Worker.Grpc",
            throwOnError: true)!
        .GetProperty("Descriptor")!.GetValue(null)!;

    [Fact]
    public void Every_field_has_the_number_the_type_and_the_oneof_that_it_has_there()
    {
        var ours = FunctionRpcReflection.Descriptor.MessageTypes.SelectMany(Fields).ToHashSet();
        var theirs = s_genuine.MessageTypes.SelectMany(Fields).ToHashSet();
        Assert.Contains(
            "AzureFunctionsRpcMessages.StreamingMessage.invocation_request = 4: "
            + "Message AzureFunctionsRpcMessages.InvocationRequest in content",
            ours);
        Assert.Empty(ours.Except(theirs));
    }

    [Fact]
    public void Every_value_of_an_enumeration_has_the_number_that_it_has_there_and_none_is_left_out()
    {
        var ours = FunctionRpcReflection.Descriptor.MessageTypes.SelectMany(Enumerations).ToList();
        var theirs = s_genuine.MessageTypes.SelectMany(Enumerations)
            .ToDictionary(values => values.Name, values => values.Values);
        Assert.NotEmpty(ours);
        Assert.All(ours, values => Assert.Equal(theirs[values.Name], values.Values));
    }

    [Fact]
    public void The_service_is_called_by_the_same_name()
    {
        var ours = Assert.Single(FunctionRpcReflection.Descriptor.Services);
        var theirs = Assert.Single(s_genuine.Services);
        Assert.Equal(theirs.FullName, ours.FullName);
        Assert.Equal(theirs.Methods.Select(Signature), ours.Methods.Select(Signature));
    }

    static IEnumerable<string> Fields(MessageDescriptor message) => message.Fields.InDeclarationOrder()
        .Select(field =>
            $"{field.FullName} = {field.FieldNumber}: "
            + $"{Kind(field)}{(field.RealContainingOneof is { } oneof ? $" in {oneof.Name}" : "")}")
        .Concat(message.NestedTypes.SelectMany(Fields));

    static string Kind(FieldDescriptor field) =>
        (field.IsRepeated ? "repeated " : "") + field.FieldType + field.FieldType switch
        {
            FieldType.Message => $" {field.MessageType.FullName}",
            FieldType.Enum => $" {field.EnumType.FullName}",
            _ => "",
        };

    static IEnumerable<(string Name, string Values)> Enumerations(MessageDescriptor message) => message.EnumTypes
        .Select(values =>
            (values.FullName, string.Join(' ', values.Values.Select(value => $"{value.Name}={value.Number}"))))
        .Concat(message.NestedTypes.SelectMany(Enumerations));

    static string Signature(MethodDescriptor method) =>
        $"{method.Name}({method.IsClientStreaming} {method.InputType.FullName}) {method.IsServerStreaming} "
        + $"{method.OutputType.FullName}";
}
