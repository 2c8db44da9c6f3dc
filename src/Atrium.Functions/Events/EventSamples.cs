using Atrium.Functions.Contract;

namespace Atrium.Functions.Events;

/// <summary>
/// Samples of the contract's three events, which the demo publishes and a test sends, and of the two notices.
/// </summary>
internal static class EventSamples
{
    public const string PreRegistered =
        """{"event":"visitor.pre_registered","timestamp":"2026-04-15T09:30:00Z","visitor":""" + Jane
        + ""","visit":{"host":"John Doe","site":"Munich HQ","expected_arrival":"2026-04-15T10:00:00Z","""
        + "\"purpose\":\"Project kickoff\"}}";

    public const string CheckedIn =
        """{"event":"visitor.checked_in","timestamp":"2026-04-15T10:05:00Z","visitor":""" + Jane
        + ""","visit":{"host":"John Doe","site":"Munich HQ","checked_in_at":"2026-04-15T10:05:00Z"}}""";

    public const string CheckedOut =
        """{"event":"visitor.checked_out","timestamp":"2026-04-15T14:30:00Z","visitor":""" + Jane
        + ""","visit":{"checked_in_at":"2026-04-15T10:05:00Z","checked_out_at":"2026-04-15T14:30:00Z","""
        + "\"documents_signed\":[\"NDA v3\",\"WiFi Policy v1\"]}}";

    const string Failing =
        """{"event":"webhook.failing","timestamp":"2026-04-15T09:52:00Z","webhook":""" + Webhook
        + ""","failing_since":"2026-04-15T09:52:00Z","delivery":{"id":"msg_0123456789abcdef0123456789abcdef","""
        + "\"event\":\"visitor.checked_in\",\"explanation\":\"All 10 attempts failed.\"}}";

    const string Recovered =
        """{"event":"webhook.recovered","timestamp":"2026-04-15T11:05:00Z","webhook":""" + Webhook
        + ""","failing_since":"2026-04-15T09:52:00Z","delivery":{"id":"msg_0123456789abcdef0123456789abcdef","""
        + "\"event\":\"visitor.checked_in\"}}";

    const string Webhook =
        """{"id":"sub_0123456789abcdef0123","name":"CRM","origin":"https://crm.example.com"}""";

    const string Jane =
        """{"email":"jane.smith@example.com","first_name":"Jane","last_name":"Smith","company":"Acme Corp"}""";

    public static readonly IReadOnlyList<string> All = [PreRegistered, CheckedIn, CheckedOut];

    /// <param name="eventName">The name of an event or of a notice.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such event or notice.</exception>
    public static string Of(string eventName) => eventName switch
    {
        EventSelection.PreRegistered => PreRegistered,
        EventSelection.CheckedIn => CheckedIn,
        EventSelection.CheckedOut => CheckedOut,
        NoticeEvent.Failing => Failing,
        NoticeEvent.Recovered => Recovered,
        _ => throw new ArgumentOutOfRangeException(nameof(eventName), eventName, "The contract has no such event."),
    };
}
