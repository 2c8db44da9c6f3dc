using Atrium.Local.Host.Worker;
using Microsoft.Extensions.Configuration;
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

    static OptionsValidationException Invalid(params string[] faults) => new("", typeof(object), faults);
}
