namespace Atrium.Local.ApiSurface.Tests.Printing.Samples;

/// <summary>One member of every form, and some that nobody else can see.</summary>
public class Everything : TimeProvider, IDisposable
{
    public const int Attempts = 10;

    public static readonly string Empty = "";

    private readonly string _hidden = "hidden";

    protected Everything()
    {
    }

    internal Everything(string hidden) => _hidden = hidden;

    public event Action? Changed;

    public virtual int Count { get; protected set; }

    public Guid? Id { get; init; }

    public override long TimestampFrequency => _hidden.Length;

    internal int Hidden { get; set; }

    public string[]? this[int index] => index == Hidden ? [_hidden] : null;

    public static Task<string?> Choose<T>(T first, params string[] rest)
        where T : class, IDisposable, new() => Task.FromResult<string?>(first.ToString() + rest.Length);

    public void Wait(TimeSpan? time = null, string? name = "x", DayOfWeek day = DayOfWeek.Friday, CancellationToken token = default) =>
        Hidden = HashCode.Combine(time, name, day, token);

    public void Dispose()
    {
        Changed?.Invoke();
        GC.SuppressFinalize(this);
    }

    public override string ToString() => _hidden;

    protected internal virtual void OnDone(ref int count, in long size, out string? text) => text = count + size > Hidden ? _hidden : null;

    private protected void AlsoHidden() => Hidden++;
}
