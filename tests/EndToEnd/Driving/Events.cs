namespace Atrium.EndToEnd;

/// <summary>Events of the contract.</summary>
internal static class Events
{
    public const string PreRegistered = """
        { "event": "visitor.pre_registered", "timestamp": "2026-04-15T09:30:00Z",
          "visitor": { "email": "jane.smith@example.com", "first_name": "Jane", "last_name": "Smith",
            "company": "Acme Corp" },
          "visit":   { "host": "John Doe", "site": "Munich HQ", "expected_arrival": "2026-04-15T10:00:00Z",
            "purpose": "Project kickoff" } }
        """;

    public const string CheckedIn = """
        { "event": "visitor.checked_in", "timestamp": "2026-04-15T10:05:00Z",
          "visitor": { "email": "jane.smith@example.com", "first_name": "Zoë", "last_name": "山田 😀" },
          "visit":   { "host": "John Doe", "site": "Munich HQ", "checked_in_at": "2026-04-15T10:05:00Z",
            "badge": 7.10, "zones": [1,  2] },
          "x_unknown": {"kept": "as \u0069t is"} }
        """;

    public const string CheckedOut = """
        { "event": "visitor.checked_out", "timestamp": "2026-04-15T14:30:00Z",
          "visitor": { "email": "jane.smith@example.com", "first_name": "Jane", "last_name": "Smith",
            "company": "Acme Corp" },
          "visit":   { "checked_in_at": "2026-04-15T10:05:00Z", "checked_out_at": "2026-04-15T14:30:00Z",
                       "documents_signed": ["NDA v3", "WiFi Policy v1"] } }
        """;

    /// <summary>An event that differs from the others of its kind.</summary>
    public static string Numbered(int number) =>
        CheckedIn.Replace("Zoë", $"Zoë the {number}.", StringComparison.Ordinal);

    public static readonly string[] All = [PreRegistered, CheckedIn, CheckedOut];
}
