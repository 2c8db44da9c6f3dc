using System.Text.Json;

namespace Atrium.EndToEnd;

/// <summary>
/// That no tenant's path reads or touches what is another's. The operations are those of the OpenAPI document, which
/// has every HTTP function: a new one is tried here as well, or fails for want of a word on how to call it.
/// </summary>
[Collection(nameof(BriskApp))]
public sealed class IsolationTests(OwningTenant owner) : IClassFixture<OwningTenant>
{
    public static TheoryData<string> Operations =>
        [.. ApiContract.OfTheApp.Operations.Where(IsScoped).Select(operation => operation.Id)];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_tenant_finds_and_changes_nothing_of_another_whose_ids_it_knows(string id)
    {
        var operation = ApiContract.OfTheApp.Operations.Single(one => one.Id == id);
        // A stranger, and those whose names a careless comparison takes for the owner's.
        foreach (var tenant in new[] { $"stranger-{id}", owner.Things.Tenant.ToUpperInvariant(),
            owner.Things.Tenant[..^1] })
        {
            var (status, json) = await owner.App.CallAsync(id, owner.Things, tenant);

            Assert.InRange(status, 200, 499);
            if (operation.IsAboutOneThing || id == "Verify")
            {
                Assert.Equal(404, status);
            }

            if (status == 202 && json.TryGetProperty("counts", out _))
            {
                Assert.Equal(
                    0, (await owner.App.EndedAsync(tenant, json)).GetProperty("counts").GetProperty("taken")
                    .GetInt32());
            }

            if (id == "Ingest")
            {
                await owner.App.FannedOutAsync(json.GetProperty("id").GetString()!);
            }

            Assert.All(owner.Marks, mark => Assert.DoesNotContain(mark, $"{json}", StringComparison.Ordinal));
            if (tenant.StartsWith("stranger", StringComparison.Ordinal) && json.ValueKind == JsonValueKind.Object)
            {
                AssertEmpty(json);
            }
        }

        Assert.Equal(owner.Before, await owner.SnapshotAsync());
    }

    [Fact]
    public void There_are_operations_to_try() => Assert.True(Operations.Count > 20);

    static bool IsScoped(ContractOperation operation) =>
        operation.Template.Contains("{tenant}", StringComparison.Ordinal) || operation.Takes("query", "tenant");

    // A stranger who has made nothing has no lists and no counts.
    static void AssertEmpty(JsonElement json)
    {
        foreach (var list in new[] { "items", "subscriptions" })
        {
            Assert.False(json.TryGetProperty(list, out var items) && items.GetArrayLength() > 0, $"{json}");
        }

        Assert.False(json.TryGetProperty("matching", out var matching) && matching.GetInt32() > 0, $"{json}");
    }
}
