namespace Atrium.Functions.Subscriptions;

/// <summary>What may name a tenant: a key in tables, a part of routes and of message properties.</summary>
internal static class TenantId
{
    /// <summary>Whose an event is when its publisher names no tenant.</summary>
    public const string Default = "default";

    public const int MaxLength = 64;

    public const string Rule = "A tenant's name has 1 to 64 letters, digits, dots, hyphens or underscores.";

    public static bool IsValid(string? tenant) =>
        tenant is { Length: > 0 and <= MaxLength } && tenant.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
