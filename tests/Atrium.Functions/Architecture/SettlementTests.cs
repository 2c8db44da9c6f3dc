using System.Reflection;
using Atrium.Functions.Messaging;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Architecture;

public sealed class SettlementTests
{
    [Fact]
    public void Messages_of_functions_are_settled_in_one_place_only() =>
        Assert.Equal([typeof(MessageSettler)], Settlers().Select(type => type.DeclaringType ?? type).Distinct());

    static IEnumerable<Type> Settlers() =>
        from type in typeof(MessageSettler).Assembly.GetTypes()
        from method in type.GetMethods(Folders.Declared).Concat<MethodBase>(type.GetConstructors(Folders.Declared))
        where Instructions.MembersNamedBy(method)
            .Any(member => member is MethodInfo && member.DeclaringType == typeof(ServiceBusMessageActions))
        select type;
}
