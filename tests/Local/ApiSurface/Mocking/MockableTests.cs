using System.Reflection;
using Atrium.Local.ApiSurface.Tests.Reading;

namespace Atrium.Local.ApiSurface.Tests.Mocking;

public sealed class MockableTests
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    public static IEnumerable<object[]> Types() =>
        from name in StandIn.Names
        from type in StandIn.Named(name).Types
        let listed = StandIn.Named(name).Listing.Find(type.Name)
        where listed is not null && IsMockable(listed)
        select new object[] { name, type.Name };

    [Theory]
    [MemberData(nameof(Types))]
    public void A_test_of_the_app_can_subclass_it_and_override_all_that_is_virtual(string standIn, string typeName)
    {
        var type = StandIn.Named(standIn).Types.Single(candidate => candidate.Name == typeName).Type;
        var listed = StandIn.Named(standIn).Listing.Find(typeName)!;

        var methods = type.GetMethods(Declared).Where(method => IsVirtual(listed, method)).ToArray();

        Assert.NotEmpty(methods);
        Assert.IsType(type, Subclass.Of(type, methods), exactMatch: false);
    }

    private static bool IsMockable(ListedType listed) =>
        listed.Header.Kind == "class, unsealed"
        && listed.Lines.Contains(listed.Name + ".ctor() [protected]")
        && listed.Lines.Any(line => line.EndsWith(" virtual]", StringComparison.Ordinal));

    private static bool IsVirtual(ListedType listed, MethodInfo method)
    {
        var member = method.IsSpecialName ? method.Name.Split('_', 2)[1] : method.Name;
        return listed.Lines.Any(line =>
            line.EndsWith(" virtual]", StringComparison.Ordinal) && line[(listed.Name.Length + 1)..].Split('(', ' ')[0] == member);
    }
}
