using Atrium.Functions.Access;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Access;

public sealed class TenantScopeTests
{
    static readonly string[] Open = ["GetConsole", "GetLive", "LocalPortalSession", "Portal"];

    // About all tenants, with the master key, and refused to every signed-in user.
    static readonly string[] OfOperators = ["RestoreSubscriptions"];

    const string InPath = "tenants/{tenant}/";

    public static TheoryData<string> Functions => HttpFunction.Names;

    [Theory]
    [MemberData(nameof(Functions))]
    public void Each_function_has_its_tenant_in_the_path_in_the_query_or_is_known_to_have_none(string name)
    {
        var function = HttpFunction.All.Single(function => function.Name == name);
        var known =
            new[] { function.Route.StartsWith(InPath, StringComparison.Ordinal), TenantScope.OfQuery.Contains(name),
            TenantScope.OfNone.Contains(name), OfOperators.Contains(name),
            TenantScope.ByOwnCheck.Contains(name) };

        Assert.True(
            known.Count(way => way) == 1,
            $"{name} at {function.Route} must be about a tenant in exactly one way: begin with {InPath}, or stand in "
            + "one list of TenantScope.");
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Each_function_asks_for_a_key_but_the_page_the_portal_and_the_sign_of_life(string name) =>
        Assert.Equal(
            Open.Contains(name) ? AuthorizationLevel.Anonymous
                : OfOperators.Contains(name) ? AuthorizationLevel.Admin
                : AuthorizationLevel.Function,
            HttpFunction.All.Single(function => function.Name == name).Level);

    [Fact]
    public void The_lists_name_functions_that_are_there() =>
        Assert.Empty(
            TenantScope.OfQuery.Concat(TenantScope.OfNone).Concat(OfOperators)
                .Concat(TenantScope.ByOwnCheck).Concat(Open)
                .Except(HttpFunction.All.Select(function => function.Name)));
}
