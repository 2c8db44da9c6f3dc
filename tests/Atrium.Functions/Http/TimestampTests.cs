using System.Globalization;
using System.Text.RegularExpressions;
using Atrium.Functions.Http;
using CsCheck;

namespace Atrium.Functions.Tests.Http;

/// <summary>The grammar of RFC 3339, 5.6, from which the texts are made here by its own rules.</summary>
public sealed partial class TimestampTests
{
    static readonly Gen<string> Zone = Gen.OneOf(
        Gen.OneOfConst("Z", "z"),
        Gen.Select(Gen.OneOfConst('+', '-'), Gen.Int[0, 23], Gen.Int[0, 59], (sign, hour, minute) =>
            Invariant($"{sign}{hour:D2}:{minute:D2}")));

    static readonly Gen<string> Fraction = Gen.OneOf(Gen.Const(""),
        Gen.Char['0', '9'].Array[1, 30].Select(digits => "." + new string(digits)));

    static readonly Gen<(int Year, int Month, int Day)> Date =
        from year in Gen.Int[0, 9999]
        from month in Gen.Int[1, 12]
        from day in Gen.Int[1, DaysOf(year, month)]
        select (year, month, day);

    static readonly Gen<string> Valid =
        from date in Date
        from t in Gen.OneOfConst('T', 't')
        from hour in Gen.Int[0, 23]
        from minute in Gen.Int[0, 59]
        from second in Gen.Int[0, 59]
        from fraction in Fraction
        from zone in Zone
        select Invariant(
            $"{date.Year:D4}-{date.Month:D2}-{date.Day:D2}{t}{hour:D2}:{minute:D2}:{second:D2}{fraction}{zone}");

    [Fact]
    public void Whatever_the_grammar_makes_is_a_time() => Valid.Sample(text => Timestamp.Read(text) is not null);

    [Fact]
    public void The_time_is_that_of_the_framework_where_it_can_read_the_text() =>
        (from date in Date.Where(date => date.Year is > 1 and < 9999)
         from ticks in Gen.Long[0, TimeSpan.TicksPerDay - 1]
         from offset in Gen.Int[-14 * 60, 14 * 60]
         select new DateTimeOffset(new DateTime(date.Year, date.Month, date.Day).AddTicks(ticks),
             TimeSpan.FromMinutes(offset)))
        .Sample(time =>
            Timestamp.Read(time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture)) == time);

    // One character put in, taken out or changed: whatever comes of it is judged as the rules below judge it.
    [Fact]
    public void What_is_next_to_a_time_is_one_only_if_the_grammar_says_so() =>
        Gen.Select(Valid, Gen.Int[0, 60], Gen.Char["0123456789-+:.TtZz Gt\u0660\n"], Gen.Int[0, 2])
            .Sample((text, at, character, how) =>
        {
            at %= text.Length;
            var near = how switch
            {
                0 => text.Insert(at, $"{character}"),
                1 => text.Remove(at, 1),
                _ => text.Remove(at, 1).Insert(at, $"{character}"),
            };
            return Timestamp.Read(near) is not null == IsInGrammar(near);
        });

    [Theory]
    [InlineData("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.5200000Z")]
    [InlineData("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.0000000Z")]
    [InlineData("1990-12-31T23:59:60Z", "1991-01-01T00:00:00.0000000Z")]
    [InlineData("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.0000000Z")]
    [InlineData("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.8700000Z")]
    public void The_examples_of_the_RFC_are_times(string text, string time) => Assert.Equal(time, Text(text));

    [Theory]
    [InlineData("2026-04-15t09:30:00z", "2026-04-15T09:30:00.0000000Z")]
    [InlineData("2026-04-15T09:30:00.123456789Z", "2026-04-15T09:30:00.1234567Z")]
    [InlineData("2026-04-15T09:30:00.00000000000000000000000001Z", "2026-04-15T09:30:00.0000000Z")]
    [InlineData("2026-04-15T09:30:00-00:00", "2026-04-15T09:30:00.0000000Z")]
    [InlineData("2026-04-15T09:30:00+23:59", "2026-04-14T09:31:00.0000000Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000Z")]
    [InlineData("0000-02-29T00:00:00Z", "0001-01-01T00:00:00.0000000Z")]
    [InlineData("0000-12-31T23:59:00-23:59", "0001-01-01T23:58:00.0000000Z")]
    [InlineData("9999-12-31T23:59:60.9Z", "9999-12-31T23:59:59.9999999Z")]
    public void It_is_told_in_UTC_cut_off_after_100_nanoseconds_and_held_to_the_years_there_are(
        string text, string time) =>
        Assert.Equal(time, Text(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2026-04-15T09:30:00")]
    [InlineData("2026-04-15T09:30:00+0200")]
    [InlineData("2026-04-15T09:30:00+02")]
    [InlineData("2026-04-15T09:30:00+24:00")]
    [InlineData("2026-04-15T09:30:00+02:60")]
    [InlineData("2026-04-15T09:30:00.Z")]
    [InlineData("2026-04-15T09:30:00,5Z")]
    [InlineData("2026-04-15T09:30Z")]
    [InlineData("2026-04-15 09:30:00Z")]
    [InlineData("2026-04-15T09:30:00Z\n")]
    [InlineData(" 2026-04-15T09:30:00Z")]
    [InlineData("2026-04-15T24:00:00Z")]
    [InlineData("2026-04-31T09:30:00Z")]
    [InlineData("2026-02-29T09:30:00Z")]
    [InlineData("1900-02-29T09:30:00Z")]
    [InlineData("2026-13-15T09:30:00Z")]
    [InlineData("2026-00-15T09:30:00Z")]
    [InlineData("26-04-15T09:30:00Z")]
    [InlineData("+2026-04-15T09:30:00Z")]
    [InlineData("\u0662\u0660\u0662\u0666-04-15T09:30:00Z")]
    [InlineData("2026-04-15T09:30:60Z")]
    [InlineData("2026-04-15T23:59:60Z")]
    [InlineData("1990-12-31T23:59:60+01:00")]
    [InlineData("1990-12-31T23:59:61Z")]
    public void Nothing_else_is_one(string? text) => Assert.Null(Timestamp.Read(text));

    static string? Text(string text) =>
        Timestamp.Read(text)?.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    static bool IsInGrammar(string text)
    {
        if (Grammar().Match(text) is not { Success: true } match)
        {
            return false;
        }

        int Part(string name) =>
            match.Groups[name].Success ? int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture) : 0;
        return Part("month") is >= 1 and <= 12 && Part("day") >= 1 && Part("day") <= DaysOf(Part("year"), Part("month"))
            && Part("hour") <= 23 && Part("minute") <= 59
                && (Part("second") <= 59 || (Part("second") == 60 && IsLeapSecond(Part, match.Groups["sign"].Value)))
            && Part("zoneHour") <= 23 && Part("zoneMinute") <= 59;
    }

    // RFC 3339, 5.7, in a year with the same calendar that is far from the first and the last of all.
    static bool IsLeapSecond(Func<string, int> part, string sign)
    {
        var year = part("year") % 400 + 2000;
        var local = new DateTime(year, part("month"), part("day"), part("hour"), part("minute"), 0, DateTimeKind.Utc);
        var zone = new TimeSpan(part("zoneHour"), part("zoneMinute"), 0);
        return (sign == "-" ? local + zone : local - zone).AddMinutes(1) is { Day: 1, Hour: 0, Minute: 0 };
    }

    // RFC 3339, appendix C.
    static bool IsLeapYear(int year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    static int DaysOf(int year, int month) => month switch
    {
        2 => IsLeapYear(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    [GeneratedRegex(
        "^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})[Tt]"
        + "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})"
        + "(?:\\.[0-9]+)?(?:[Zz]|(?<sign>[+-])(?<zoneHour>[0-9]{2}):(?<zoneMinute>[0-9]{2}))\\z")]
    private static partial Regex Grammar();
}
