namespace Atrium.Local.SampleApp;

/// <summary>An application property of each type that a settlement may set.</summary>
internal static class Properties
{
    static readonly DateTimeOffset s_time = new(2026, 4, 15, 9, 30, 0, TimeSpan.Zero);

    public static Dictionary<string, object> OfEveryType() => new()
    {
        ["bool"] = true,
        ["byte"] = (byte)200,
        ["sbyte"] = (sbyte)-100,
        ["short"] = (short)-30_000,
        ["ushort"] = (ushort)60_000,
        ["int"] = -2_000_000_000,
        ["uint"] = 4_000_000_000u,
        ["long"] = long.MinValue,
        ["ulong"] = ulong.MaxValue,
        ["float"] = 1.5f,
        ["double"] = -2.25,
        ["decimal"] = 1234.56m,
        ["char"] = 'ß',
        ["string"] = "ünï",
        ["guid"] = new Guid("0193a2c4-0000-7000-8000-000000000000"),
        ["date"] = s_time.UtcDateTime,
        ["offset"] = s_time,
        ["span"] = TimeSpan.FromSeconds(90),
        ["uri"] = new Uri("https://a.example/b"),
        ["null"] = null!,
    };
}
