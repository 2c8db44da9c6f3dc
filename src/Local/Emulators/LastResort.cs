namespace Atrium.Local.Emulators;

/// <summary>What a program prints of a failure that nothing in it has foreseen.</summary>
internal static class LastResort
{
    /// <param name="program">Who says it, as the beginning of a sentence.</param>
    /// <param name="unforeseen">The failure.</param>
    public static string Text(string program, Exception unforeseen) =>
        $"{program} cannot go on, for a reason not foreseen ({unforeseen.GetType().Name}): "
        + $"{unforeseen.Message.ReplaceLineEndings(" ").TrimEnd('.')}. If that does not tell you what to change, "
        + $"report this line and those that follow.\n{unforeseen}";
}
