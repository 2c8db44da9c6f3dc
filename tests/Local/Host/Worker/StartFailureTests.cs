using System.ComponentModel.DataAnnotations;
using System.Net.Sockets;
using Atrium.Local.Host.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atrium.Local.Host.Tests.Worker;

public sealed class StartFailureTests
{
    [Fact]
    public void Only_what_is_about_settings_becomes_a_sentence()
    {
        Assert.Equal(
            "The settings are not valid: A is missing. B is too long.",
            StartFailure.SentenceFor(Invalid("A is missing.", "B is too long.")));
        Assert.Null(StartFailure.SentenceFor(new InvalidOperationException("a bug")));
        Assert.Null(StartFailure.SentenceFor(new AggregateException()));
    }

    [Fact]
    public void Of_an_attributes_fault_only_its_own_sentence_is_told()
    {
        var services = new ServiceCollection();
        services.AddOptions<Ranged>().Configure(ranged => ranged.Most = 9).ValidateDataAnnotations();
        var invalid = Assert.Throws<OptionsValidationException>(
            () => services.BuildServiceProvider().GetRequiredService<IOptions<Ranged>>().Value);

        Assert.Equal(
            "The settings are not valid: The section's \"Most\" must be between 1 and 3.",
            StartFailure.SentenceFor(invalid));
    }

    [Fact]
    public void Sections_that_fail_together_are_told_together_and_each_fault_once()
    {
        Assert.Equal(
            "The settings are not valid: A is missing. B is missing.",
            StartFailure.SentenceFor(
                new AggregateException(Invalid("A is missing."), Invalid("B is missing.", "A is missing."))));
        Assert.Null(StartFailure.SentenceFor(
            new AggregateException(Invalid("A is missing."), new InvalidOperationException("a bug"))));
    }

    [Fact]
    public void A_value_of_the_wrong_kind_is_one_of_them()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Most", "many")]).Build();
        var unreadable = Assert.ThrowsAny<Exception>(() => settings.GetValue<int>("Most"));
        Assert.StartsWith(
            "The settings are not valid: Failed to convert configuration value", StartFailure.SentenceFor(unreadable),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_in_use_is_told_from_other_failures_however_deep_it_lies()
    {
        Exception inUse = new SocketException((int)SocketError.AddressAlreadyInUse);
        Assert.True(StartFailure.IsPortTaken(new IOException("bind", new IOException("bind", inUse))));
        Assert.False(StartFailure.IsPortTaken(new SocketException((int)SocketError.ConnectionRefused)));
        Assert.False(StartFailure.IsPortTaken(new IOException("disk full")));
    }

    sealed class Ranged
    {
        [Range(1, 3, ErrorMessage = "The section's \"{0}\" must be between {1} and {2}.")]
        public int Most { get; set; }
    }

    static OptionsValidationException Invalid(params string[] faults) => new("", typeof(object), faults);
}
