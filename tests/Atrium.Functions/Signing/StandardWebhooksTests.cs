using System.Globalization;
using Atrium.Functions.Signing;
using CsCheck;

namespace Atrium.Functions.Tests.Signing;

public sealed class StandardWebhooksTests
{
    static readonly SignatureVectors Known = SignatureVectors.Load();

    static readonly SignatureVector Published = Known.Vectors[0];

    static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(Published.Timestamp);

    public static TheoryData<string> VectorNames => [.. Known.Vectors.Select(v => v.Name)];

    public static TheoryData<string> Rejected => [.. Known.VerifierMustReject];

    [Theory]
    [MemberData(nameof(VectorNames))]
    public void Signs_every_vector_to_the_byte(string name)
    {
        var vector = Known.Vectors.Single(v => v.Name == name);

        Assert.Equal(
            vector.Signature, StandardWebhooks.Sign(vector.Id, vector.Timestamp, vector.BodyBytes(), vector.Keys()));
    }

    [Theory]
    [MemberData(nameof(VectorNames))]
    public void Verifies_every_vector_with_any_one_of_its_secrets(string name)
    {
        var vector = Known.Vectors.Single(v => v.Name == name);

        Assert.All(vector.Keys(), key => Assert.Equal(SignatureCheck.Valid, Check(vector, keys: [key])));
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public void Rejects_what_every_verifier_must_reject(string signature) =>
        Assert.Equal(SignatureCheck.NoMatchingSignature, Check(Published, signature: signature));

    [Fact]
    public void Finds_the_right_signature_among_wrong_and_unknown_ones() =>
        Assert.Equal(
            SignatureCheck.Valid,
            Check(Published, signature: $"v1a,AAAA  {Known.VerifierMustReject[0]} v1,ä {Published.Signature}"));

    [Theory]
    [InlineData(null, "1614265330", "v1,x")]
    [InlineData("id", null, "v1,x")]
    [InlineData("id", "1614265330", null)]
    [InlineData("", "1614265330", "v1,x")]
    [InlineData("id", "", "v1,x")]
    [InlineData("id", "1614265330", "")]
    public void Names_a_missing_header(string? id, string? timestamp, string? signature) =>
        Assert.Equal(
            SignatureCheck.MissingHeader,
            StandardWebhooks.Verify(id, timestamp, signature, [], Published.Keys(), Then));

    [Theory]
    [InlineData("soon")]
    [InlineData("-1614265330")]
    [InlineData("+1614265330")]
    [InlineData(" 1614265330")]
    [InlineData("1614265330.5")]
    [InlineData("1,614,265,330")]
    [InlineData("2021-02-25T15:02:10Z")]
    [InlineData("99999999999999999999")]
    public void Names_a_malformed_timestamp(string timestamp) =>
        Assert.Equal(SignatureCheck.MalformedTimestamp, Check(Published, timestamp: timestamp));

    [Theory]
    [InlineData(-301, SignatureCheck.TimestampTooNew)]
    [InlineData(-300, SignatureCheck.Valid)]
    [InlineData(300, SignatureCheck.Valid)]
    [InlineData(301, SignatureCheck.TimestampTooOld)]
    public void Takes_a_timestamp_within_five_minutes_of_its_clock(int secondsLater, object expected) =>
        Assert.Equal(expected, Check(Published, now: Then.AddSeconds(secondsLater)));

    [Theory]
    [InlineData("0", SignatureCheck.TimestampTooOld)]
    [InlineData("9223372036854775807", SignatureCheck.TimestampTooNew)]
    public void Judges_the_most_distant_timestamps(string timestamp, object expected) =>
        Assert.Equal(expected, Check(Published, timestamp: timestamp));

    [Theory]
    [InlineData("v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("   ")]
    public void Says_when_no_signature_has_a_version_it_knows(string signature) =>
        Assert.Equal(SignatureCheck.NoKnownVersion, Check(Published, signature: signature));

    [Fact]
    public void Does_not_take_a_timestamp_written_another_way() =>
        Assert.Equal(SignatureCheck.NoMatchingSignature, Check(Published, timestamp: "0" + Published.Timestamp));

    [Fact]
    public void Will_not_sign_with_nothing() =>
        Assert.Throws<ArgumentException>("secrets", () => StandardWebhooks.Sign("msg_1", 1, [], []));

    [Fact]
    public void Will_not_sign_for_nothing() =>
        Assert.Throws<ArgumentException>("id", () => StandardWebhooks.Sign("", 1, [], Published.Keys()));

    [Fact]
    public void Verifies_whatever_it_signed_and_nothing_that_differs_by_a_bit() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[24, 64], Gen.Int[0, int.MaxValue], Gen.Int[0, 7])
            .Sample((body, key, seed, bit) =>
        {
            var secret = SigningSecret.Parse(Convert.ToBase64String(key)).Secret!;
            var header = StandardWebhooks.Sign("msg_1", seed, body, [secret]);
            var now = DateTimeOffset.FromUnixTimeSeconds(seed);
            var timestamp = seed.ToString(CultureInfo.InvariantCulture);
            var valid = StandardWebhooks.Verify("msg_1", timestamp, header, body, [secret], now);

            byte[] tampered = [.. body, 0];
            tampered[seed % tampered.Length] ^= (byte)(1 << bit);
            return valid == SignatureCheck.Valid
                && StandardWebhooks.Verify("msg_1", timestamp, header, tampered, [secret], now)
                    == SignatureCheck.NoMatchingSignature
                && StandardWebhooks.Verify("msg_2", timestamp, header, body, [secret], now)
                    == SignatureCheck.NoMatchingSignature;
        });

    static SignatureCheck Check(
        SignatureVector vector, string? timestamp = null, string? signature = null,
        IReadOnlyList<SigningSecret>? keys = null, DateTimeOffset? now = null) =>
        StandardWebhooks.Verify(
            vector.Id,
            timestamp ?? vector.Timestamp.ToString(CultureInfo.InvariantCulture),
            signature ?? vector.Signature,
            vector.BodyBytes(),
            keys ?? vector.Keys(),
            now ?? DateTimeOffset.FromUnixTimeSeconds(vector.Timestamp));
}
