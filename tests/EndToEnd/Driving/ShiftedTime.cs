namespace Atrium.EndToEnd;

/// <summary>The machine's clock, set back.</summary>
internal sealed class ShiftedTime(TimeSpan back) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - back;
}
