using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class EventSelectionTests
{
    public static TheoryData<string[]> Good =>
    [
        ["*"],
        ["visitor.checked_in"],
        ["visitor.checked_out", "visitor.pre_registered"],
        ["visitor.checked_out", "visitor.pre_registered", "visitor.checked_in"],
    ];

    public static TheoryData<string?[]?, string> Bad => new()
    {
        { null, "at least one" },
        { [], "at least one" },
        { ["*", "visitor.checked_in"], "star" },
        { ["visitor.checked_in", "*"], "star" },
        { ["*", "*"], "star" },
        { ["visitor.unheard_of"], "visitor.unheard_of" },
        { ["visitor.checked_in", "Visitor.Checked_In"], "Visitor.Checked_In" },
        { [""], "no event" },
        { [null], "no event" },
        { ["visitor.checked_in", null], "no event" },
        { ["visitor.checked_in", "visitor.checked_in"], "twice" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Any_of_the_three_or_all_may_be_chosen(string[] events) =>
        Assert.Null(ValidatedSettings.EventsFault(events));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Any_other_choice_is_refused_with_what_to_change(string?[]? events, string says) =>
        Assert.Contains(says, ValidatedSettings.EventsFault(events!)!.Detail, StringComparison.Ordinal);

    [Theory]
    [InlineData("visitor.pre_registered", true)]
    [InlineData("visitor.checked_in", false)]
    public void A_subscription_takes_what_it_names(string name, bool takes) =>
        Assert.Equal(takes, Some.Subscription(events: ["visitor.pre_registered", "visitor.checked_out"]).Takes(name));

    [Theory]
    [InlineData("visitor.pre_registered")]
    [InlineData("visitor.of_the_future")]
    public void The_star_takes_everything(string name) => Assert.True(Some.Subscription(events: "*").Takes(name));
}
