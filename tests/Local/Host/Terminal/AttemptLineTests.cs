using Atrium.Local.Host.Terminal;

namespace Atrium.Local.Host.Tests.Terminal;

public sealed class AttemptLineTests
{
    const string Rest = "tenant acme, subscription sub_1, event evt_1 (visitor.checked_in), delivery msg_1";

    [Theory]
    [InlineData(
        "Delivery attempted: Delivered, attempt 1 of 10, run 1, status 204, error , took 12 ms, lag 3 ms, "
        + "put back 0 times, no slot 0 times, next at ; " + Rest,
        "✓ delivered  204  visitor.checked_in      attempt 1 of 10  12 ms  acme  msg_1")]
    [InlineData(
        "Delivered: visitor.checked_in, status 204, attempt 2, took 12 ms, lag 3 ms, put back 0; acme sub_1 msg_1",
        "✓ delivered  204  visitor.checked_in      attempt 2  12 ms  acme  msg_1")]
    [InlineData(
        "Delivery attempted: Retrying, attempt 4 of 10, run 2, status , error refused, took 2 ms, lag 0 ms, "
        + "put back 1 times, no slot 0 times, next at 2026-11-28 03:31:03Z; " + Rest,
        "↻ failed  refused  visitor.checked_in      attempt 4 of 10  run 2  2 ms  next 2026-11-28 03:31:03Z  acme  "
        + "msg_1")]
    [InlineData(
        "Delivery attempted: DeadLettered, attempt 10 of 10, run 1, status 500, error http, took 2 ms, lag 0 ms, "
        + "put back 0 times, no slot 0 times, next at ; " + Rest,
        "✗ failed for good  500  visitor.checked_in      attempt 10 of 10  2 ms  acme  msg_1")]
    [InlineData(
        "Delivery attempted: SubscriptionDeleted, attempt 1 of 10, run 1, status , error , took  ms, lag 0 ms, "
        + "put back 0 times, no slot 0 times, next at ; " + Rest,
        "– SubscriptionDeleted  visitor.checked_in      attempt 1 of 10  acme  msg_1")]
    public void Says_the_outcome_first_and_nothing_that_is_empty(string logged, string shown) =>
        Assert.Equal(shown, AttemptLine.Of(logged, coloured: false));

    [Theory]
    [InlineData("Delivered", "\e[32m✓ delivered\e[0m  204")]
    [InlineData("Retrying", "\e[33m↻ failed\e[0m  204")]
    [InlineData("DeadLettered", "\e[31m✗ failed for good\e[0m  204")]
    public void Has_a_colour_by_outcome_where_colours_are_wanted(string outcome, string beginning) =>
        Assert.StartsWith(
            beginning,
            AttemptLine.Of(
                $"Delivery attempted: {outcome}, attempt 1 of 10, run 1, status 204, error , took 12 ms, lag 3 ms, "
                + $"put back 0 times, no slot 0 times, next at ; {Rest}", coloured: true),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("Event fanned out")]
    [InlineData("Delivery attempted: by somebody else")]
    public void Leaves_every_other_line_alone(string logged) => Assert.Null(AttemptLine.Of(logged, coloured: true));
}
