namespace Atrium.Functions.Egress;

/// <summary>
/// Carries a connection's progress from where it is opened to the request that asked for it. The two may run at the same time, and opening may
/// outlive the request; hence one immutable value, replaced whole.
/// </summary>
internal sealed class ConnectionTrace
{
    public static readonly HttpRequestOptionsKey<ConnectionTrace> Key = new("Atrium.ConnectionTrace");

    volatile ConnectionProgress progress = ConnectionProgress.None;

    public ConnectionProgress Progress
    {
        get => progress;
        set => progress = value;
    }
}
