using System.Reflection;
using System.Runtime.CompilerServices;
using Atrium.Functions.Storage;
using Atrium.Functions.Tests.Architecture;
using Azure.Data.Tables;
using Azure.Security.KeyVault.Secrets;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace Atrium.Functions.Tests.Faults;

/// <summary>
/// That no call to a store is left out of <see cref="StoreFaultTests"/>, as far as the compiled code tells: what an
/// operation spoils is what its code names, and what that names in its turn.
/// </summary>
public sealed class StoreCoverageTests
{
    static readonly Assembly App = typeof(TableGateway).Assembly;

    static readonly HashSet<Type> Clients =
    [
        typeof(TableServiceClient), typeof(TableClient), typeof(SecretClient), typeof(BlobContainerClient),
        typeof(BlobClient), typeof(BlobBaseClient),
    ];

    // These ask nobody.
    static readonly HashSet<string> Silent =
    [
        nameof(TableServiceClient.GetTableClient), nameof(TableClient.CreateQueryFilter),
        nameof(BlobContainerClient.GetBlobClient),
    ];

    [Fact]
    public void Each_method_that_calls_a_store_is_spoiled_by_an_operation()
    {
        var spoiled = ReachedFrom(StoreOperation.ByName.Values.Select(operation => operation.Run.Method));
        Assert.Empty(Calling.Where(method => !spoiled.Contains(method)).Select(NameOf));
    }

    [Theory]
    [InlineData("TableGateway.RemoveAllAsync")]
    [InlineData("JobStore.ListAsync")]
    [InlineData("JobStore.NoteEndedAsync")]
    [InlineData("SecretVault.ListAsync")]
    [InlineData("SubscriptionRestore.RunAsync")]
    [InlineData("PortalExpiry.IsEndedAsync")]
    [InlineData("VaultKeyRing.StoreElement")]
    [InlineData("HealthCheck.AskAsync")]
    [InlineData("AttemptReader.RecentAsync")]
    public void Such_methods_are_seen(string name) => Assert.Contains(name, Calling.Select(NameOf));

    [Fact]
    public void What_an_operation_names_is_reached_and_nothing_else_of_its_class()
    {
        Func<TableGateway, Task> find = async table => await table.FindAsync("p", "r", default);
        Assert.Equal(
            ["TableGateway.FindAsync", "TableGateway.GetAsync"],
            ReachedFrom([find.Method]).Intersect(Calling).Select(NameOf).Order(StringComparer.Ordinal));
    }

    // What a class that has to do with a store offers to others, and that comes to a call; disposing does not.
    static IReadOnlyList<MethodInfo> Calling { get; } =
    [
        .. App.GetTypes().SelectMany(type => type.GetMethods(Folders.Declared)).Where(AsksAtOnce)
            .Select(method => OwnerOf(method.DeclaringType!)).Distinct()
            .SelectMany(type => type.GetMethods(Folders.Declared))
            .Where(method => method is { IsPrivate: false, IsSpecialName: false, Name: not nameof(IDisposable.Dispose) }
                && ReachedFrom([method]).Any(AsksAtOnce)),
    ];

    static bool AsksAtOnce(MethodBase method) => Instructions.MembersNamedBy(method).Any(named =>
        named is MethodInfo { IsSpecialName: false, DeclaringType: { } type }
        && (Clients.Contains(type) && !Silent.Contains(named.Name) || type == typeof(TableGateway)));

    static HashSet<MethodBase> ReachedFrom(IEnumerable<MethodBase> first)
    {
        var reached = new HashSet<MethodBase>();
        var next = new Stack<MethodBase>(first);
        while (next.TryPop(out var method))
        {
            if (reached.Add(method))
            {
                foreach (var named in Instructions.MembersNamedBy(method).Where(IsOurs).SelectMany(EnteredBy))
                {
                    next.Push(named);
                }
            }
        }

        return reached;
    }

    static bool IsOurs(MemberInfo member) =>
        member.Module.Assembly is var assembly && (assembly == App || assembly == typeof(StoreCoverageTests).Assembly);

    // An object was made before its method runs, and has kept what its constructor was given to call. What others call
    // it by, as a state machine, as the store of keys or at start, are its interfaces and what it overrides of theirs.
    static IEnumerable<MethodBase> EnteredBy(MemberInfo member)
    {
        var type = member as Type ?? member.DeclaringType!;
        type = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (member is MethodBase method)
        {
            yield return method.Module.ResolveMethod(method.MetadataToken)!;
        }

        foreach (var constructor in type.GetConstructors(Folders.Declared))
        {
            yield return constructor;
        }

        if (type is { IsInterface: false } && (member is ConstructorInfo || IsGenerated(type)))
        {
            foreach (var called in type.GetInterfaces()
                .SelectMany(one => type.GetInterfaceMap(one).TargetMethods).Where(IsOurs)
                .Concat(type.GetMethods(Folders.Declared).Where(own => !IsOurs(own.GetBaseDefinition()))))
            {
                yield return called;
            }
        }
    }

    static Type OwnerOf(Type type) => IsGenerated(type) && type.DeclaringType is { } owner ? OwnerOf(owner) : type;

    static bool IsGenerated(Type type) => type.IsDefined(typeof(CompilerGeneratedAttribute));

    static string NameOf(MethodBase method) => $"{method.DeclaringType!.Name}.{method.Name}";
}
