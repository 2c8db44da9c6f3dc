using System.Runtime.CompilerServices;

namespace Atrium.Functions.Tests.Approved;

/// <summary>
/// Holds a text that strangers depend on against a file that a person has read. A difference is a change of contract.
/// </summary>
internal static class Approval
{
    public static void Verify(string actual, string name, [CallerFilePath] string caller = "")
    {
        // Beside the test's source while it is there, so that a new text can be read and accepted by renaming a file.
        var approved = Path.Combine(AppContext.BaseDirectory, "Approved", $"{name}.approved.txt");
        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        if (actual != expected)
        {
            var received = Path.Combine(Path.GetDirectoryName(caller)!, $"{name}.received.txt");
            if (Directory.Exists(Path.GetDirectoryName(received)))
            {
                File.WriteAllText(received, actual);
            }

            Assert.Fail(
                $"The contract '{name}' has changed. If that is meant, read {name}.received.txt and rename it to "
                + $"{name}.approved.txt. It is now:\n{actual}");
        }
    }
}
