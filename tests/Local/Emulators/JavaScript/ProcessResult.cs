namespace Atrium.JavaScript;

/// <param name="ExitCode">Null when the deadline passed first.</param>
/// <param name="Output">Standard output and standard error, line by line as they came.</param>
internal sealed record ProcessResult(int? ExitCode, string Output);
