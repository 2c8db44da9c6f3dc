using Atrium.Functions.Tests.Approved;

namespace Atrium.Local.Host.Tests.Approved;

public sealed class SentenceTests
{
    /// <summary>What the host prints, of itself, of its settings, and of what is in the way.</summary>
    [Fact]
    public void Every_sentence_in_the_hosts_code_is_as_approved() =>
        Approval.Verify(Sentences.Of(typeof(HostOptions).Assembly), "host-sentences");
}
