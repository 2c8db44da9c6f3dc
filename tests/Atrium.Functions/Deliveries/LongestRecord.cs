using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>
/// An attempt with every text at its longest, of characters that take most bytes in JSON (an escape of six).
/// </summary>
static class LongestRecord
{
    const char Widest = '\u4e2d';

    // What Service Bus allows a producer for a message's id, which becomes the event's.
    const int LongestEventId = 128;

    public static AttemptRecord Make(int attempt = 10) =>
        Some.Record(AttemptOutcome.Retrying, run: int.MaxValue, attempt: attempt) with
        {
            AcceptedAt = Some.Time.AddTicks(1),
            Tenant = new string('t', Functions.Contract.TenantId.MaxLength),
            EventId = new string(Widest, LongestEventId),
            Status = 999,
            ErrorClass = "connect",
            Cause = "redirect_without_target",
            Explanation = new string(Widest, AttemptRecord.MaxExplanationCharacters),
            ResponseExcerpt = new string(Widest, AttemptRecord.MaxExcerptCharacters),
            Resent = true,
            DnsMs = double.MaxValue,
            ConnectMs = double.MaxValue,
            TlsMs = double.MaxValue,
            FirstByteMs = double.MaxValue,
            TotalMs = double.MaxValue,
        };
}
