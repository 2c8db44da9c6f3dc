namespace Atrium.Functions.Portal;

/// <summary>Somebody who looks at one tenant's webhooks, and what they may do.</summary>
internal sealed record PortalSession
{
    /// <summary>Whose webhooks.</summary>
    public required string Tenant { get; init; }

    /// <summary>Who: an id or an address that Atrium has chosen, or the id of the signed-in account.</summary>
    public required string Actor { get; init; }

    public required PortalRights Rights { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Where the next session is begun; null when nobody says.</summary>
    public string? ReturnUrl { get; init; }
}

/// <summary>
/// What a session may do. In requests and answers they have the names of <see cref="PortalRightNames"/>.
/// </summary>
[Flags]
internal enum PortalRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Look; every session may.</summary>
    View = 1,

    /// <summary>Create, change, pause and delete subscriptions, and their secrets.</summary>
    Manage = 2,

    /// <summary>Test, replay, discard, and stop jobs.</summary>
    Recover = 4,

    /// <summary>Erase a visitor.</summary>
    Erase = 8,

    /// <summary>All of it.</summary>
    All = View | Manage | Recover | Erase,
}

/// <summary>The names of <see cref="PortalRights"/> in requests and answers. They are a contract.</summary>
internal static class PortalRightNames
{
    static readonly (PortalRights Right, string Name)[] Names =
    [
        (PortalRights.View, "view"), (PortalRights.Manage, "manage"), (PortalRights.Recover, "recover"),
        (PortalRights.Erase, "erase"),
    ];

    /// <summary>All names, in the order of the rights.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Names.Select(one => one.Name)];

    /// <summary>The names of what is among the rights.</summary>
    public static IReadOnlyList<string> Of(PortalRights rights) =>
        [.. Names.Where(one => rights.HasFlag(one.Right)).Select(one => one.Name)];

    /// <returns><see cref="PortalRights.None"/> when there is no such right.</returns>
    public static PortalRights Parse(string? name) => Names.FirstOrDefault(one => one.Name == name).Right;
}
