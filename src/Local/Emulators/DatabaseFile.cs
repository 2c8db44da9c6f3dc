using Microsoft.Data.Sqlite;

namespace Atrium.Local.Emulators;

/// <summary>
/// Why a database file cannot be used, as a sentence that says what helps: it differs for a file that another process
/// has, one that is damaged, and a folder that cannot be written to.
/// </summary>
/// <param name="Emulator">Whose it is, as the beginning of a sentence.</param>
/// <param name="Path">The file.</param>
/// <param name="Anew">What one starts with when it is gone.</param>
internal sealed record DatabaseFile(string Emulator, string Path, string Anew)
{
    public EmulatorStartException Refused(Exception why) => why switch
    {
        EmulatorStartException known => known,
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED } => new(
            $"{Emulator} cannot use '{Path}', since another process has it open: stop that process, or give this one "
                + "a state folder of its own.", why),
        SqliteException
        {
            SqliteErrorCode: SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR
                or SQLitePCL.raw.SQLITE_PERM or SQLitePCL.raw.SQLITE_READONLY
        } or IOException or UnauthorizedAccessException => new(
            $"{Emulator} cannot open '{Path}' ({Reason(why)}): check that the folder can be written to, or give "
                + "another state folder.", why),
        _ => new(
            $"{Emulator} cannot use '{Path}', which is damaged or not its own ({Reason(why)}): move the file away to "
                + $"start with {Anew}.", why),
    };

    static string Reason(Exception why) => why.Message.ReplaceLineEndings(" ").TrimEnd('.');
}
