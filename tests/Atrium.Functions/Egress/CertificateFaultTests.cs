using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Egress;

public sealed class CertificateFaultTests
{
    [Theory]
    [InlineData(SslPolicyErrors.RemoteCertificateNotAvailable, X509ChainStatusFlags.NoError, "showed no certificate")]
    [InlineData(
        SslPolicyErrors.RemoteCertificateNameMismatch, X509ChainStatusFlags.NoError,
        "for another name than host.example")]
    [InlineData(
        SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors,
        X509ChainStatusFlags.UntrustedRoot, "another name")]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors, X509ChainStatusFlags.NotTimeValid, "expired")]
    [InlineData(
        SslPolicyErrors.RemoteCertificateChainErrors,
        X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.PartialChain, "expired")]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors, X509ChainStatusFlags.PartialChain, "not trusted")]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors, X509ChainStatusFlags.UntrustedRoot, "not trusted")]
    [InlineData(
        SslPolicyErrors.RemoteCertificateChainErrors, X509ChainStatusFlags.NotValidForUsage, "(NotValidForUsage)")]
    public void Says_what_to_change(SslPolicyErrors errors, X509ChainStatusFlags chain, string sentence) =>
        Assert.Contains(sentence, CertificateFault.Describe("host.example", errors, chain), StringComparison.Ordinal);

    [Fact]
    public void Each_of_its_causes_has_a_sentence_of_its_own()
    {
        var faults = from errors in Enum.GetValues<SslPolicyErrors>()
                     from chain in Enum.GetValues<X509ChainStatusFlags>()
                     let cause = CertificateFault.CauseOf(errors, chain)
                     where cause is not null and not FailureCause.CertificateInvalid
                     select (cause, Sentence: CertificateFault.Describe("host.example", errors, chain));

        Assert.Equal(4, faults.Distinct().Count());
        Assert.Equal(4, faults.DistinctBy(fault => fault.cause).Count());
    }

    [Fact]
    public void Has_nothing_to_say_of_a_good_one()
    {
        Assert.Null(CertificateFault.CauseOf(SslPolicyErrors.None, X509ChainStatusFlags.NoError));
        Assert.Null(CertificateFault.Describe("host.example", SslPolicyErrors.None, X509ChainStatusFlags.NoError));
    }
}
