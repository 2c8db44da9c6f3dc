using Atrium.Functions.Signing;
using Atrium.Functions.TestWebhooks;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of testing a webhook and of verifying a signature.</summary>
internal sealed record TestLimits
{
    /// <summary>Tests of a tenant within <see cref="WindowSeconds"/>, on one instance.</summary>
    public int MaxInWindow { get; } = TestGate.MaxPerWindow;

    public double WindowSeconds { get; } = TestGate.Window.TotalSeconds;

    /// <summary>Tests of all tenants under way at the same time, on one instance.</summary>
    public int MaxAtOnce { get; } = TestGate.MaxAtOnce;

    public int MaxRequestBytes { get; } = TestWebhookFunction.MaxBytes;

    public int MaxStoredTestRequestBytes { get; } = TestSubscriptionFunction.MaxBytes;

    public int MaxVerifyRequestBytes { get; } = VerifyFunction.MaxBytes;

    /// <summary>How far a timestamp may lie from our clock.</summary>
    public double ClockToleranceSeconds { get; } = StandardWebhooks.Tolerance.TotalSeconds;
}
