using System.Net;
using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.AttemptHistory;

public sealed class ListAttemptsTests : IDisposable
{
    readonly AttemptApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task The_newest_attempt_stands_first_whichever_weeks_table_it_is_in()
    {
        // A run that began on a Sunday goes on for days; one of the next week has an attempt in between.
        var sunday = new DateTimeOffset(2026, 4, 19, 23, 0, 0, TimeSpan.Zero);
        await _api.RecordAsync(1, sunday);
        await _api.RecordAsync(2, sunday.AddDays(2), runStartedAt: sunday);
        await _api.RecordAsync(3, sunday.AddDays(1));
        await _api.RecordAsync(4, sunday.AddDays(9));

        Assert.Equal([4, 2, 3, 1], await AllAsync(""));
        Assert.Equal(3, _api.Tables.Created.Except(FakeTables.MadeAtStart).Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Pages_hold_every_attempt_once_and_in_order(int limit)
    {
        for (var number = 0; number < 20; number++)
        {
            await _api.RecordAsync(number, Some.Time.AddDays(number * 0.9));
        }

        Assert.Equal(Enumerable.Range(0, 20).Reverse(), await AllAsync($"limit={limit}"));
    }

    [Theory]
    [InlineData("event=visitor.checked_in", new[] { 2, 4 })]
    [InlineData("event=webhook.failing", new int[0])]
    [InlineData("errorClass=http", new[] { 1, 2 })]
    [InlineData("status=503", new[] { 2 })]
    [InlineData("errorClass=timeout", new[] { 3 })]
    [InlineData("deliveryId=msg_00000000000000000000000000000004", new[] { 4 })]
    [InlineData("errorClass=http&event=visitor.checked_in&outcome=Retrying", new[] { 2 })]
    [InlineData("errorClass=http&status=204", new int[0])]
    public async Task A_filter_leaves_what_fits_all_of_it(string query, int[] expected)
    {
        await RecordAsync(1, "visitor.checked_out", "http", 404);
        await RecordAsync(2, "visitor.checked_in", "http", 503);
        await RecordAsync(3, "visitor.checked_out", "timeout", null);
        await RecordAsync(4, "visitor.checked_in", null, 204);

        Assert.Equal(expected.Reverse(), await AllAsync($"{query}&limit=1"));

        Task RecordAsync(int number, string name, string? errorClass, int? status) => _api.RecordAsync(
            Some.Record() with
            {
                DeliveryId = AttemptApi.Id(number),
                StartedAt = Some.Time.AddMinutes(number),
                EventType = name,
                ErrorClass = errorClass,
                Status = status,
            });
    }

    [Theory]
    [InlineData("event=visitor.left", "event")]
    [InlineData("errorClass=HTTP", "errorClass")]
    [InlineData("errorClass=", "errorClass")]
    [InlineData("status=99", "status")]
    [InlineData("status=1000", "status")]
    [InlineData("status=4xx", "status")]
    [InlineData("deliveryId=msg_1", "deliveryId")]
    [InlineData("waiting=1", "waiting")]
    [InlineData("waiting=", "waiting")]
    public async Task A_filter_that_can_fit_nothing_is_refused(string query, string parameter)
    {
        var answer = await _api.ListAsync(query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal([parameter], answer.Pointers);
    }

    [Fact]
    public async Task An_attempt_made_meanwhile_moves_no_page()
    {
        await _api.RecordAsync(1, Some.Time);
        await _api.RecordAsync(2, Some.Time.AddMinutes(1));
        var first = await _api.ListAsync("limit=1");
        await _api.RecordAsync(3, Some.Time.AddMinutes(2));

        Assert.Equal(
            [AttemptApi.Id(1)], AttemptApi.Ids(await _api.ListAsync($"limit=1&cursor={AttemptApi.NextCursor(first)}")));
    }

    [Fact]
    public async Task Without_a_limit_a_page_has_fifty()
    {
        for (var number = 0; number < 51; number++)
        {
            await _api.RecordAsync(number, Some.Time.AddSeconds(number));
        }

        var page = await _api.ListAsync();
        Assert.Equal(PageQuery.DefaultLimit, AttemptApi.Ids(page).Count());
        Assert.NotNull(AttemptApi.NextCursor(page));
    }

    [Theory]
    [InlineData("", new[] { 4, 3, 2, 1 })]
    [InlineData("outcome=Delivered", new[] { 1 })]
    [InlineData("outcome=Retrying,DeadLettered", new[] { 3, 2 })]
    [InlineData("outcome=SubscriptionDeleted", new[] { 4 })]
    [InlineData("from=2026-04-15T09:31:00Z", new[] { 4, 3, 2 })]
    [InlineData("to=2026-04-15T09:32:00Z", new[] { 2, 1 })]
    [InlineData("from=2026-04-15T11:31:00%2B02:00&to=2026-04-15T09:32:30.5Z", new[] { 3, 2 })]
    [InlineData("from=2026-04-15T09:31:00Z&to=2026-04-15T09:31:00Z", new int[0])]
    [InlineData("from=2026-04-15T09:31:30Z&outcome=Retrying", new int[0])]
    [InlineData("from=9999-01-01T00:00:00Z", new int[0])]
    [InlineData("to=0001-01-01T00:00:00Z", new int[0])]
    [InlineData("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", new[] { 4, 3, 2, 1 })]
    public async Task Outcome_and_time_choose(string filter, int[] wanted)
    {
        await _api.Subscriptions.AddAsync(Some.Subscription(), default);
        await _api.RecordAsync(1, Some.Time, AttemptOutcome.Delivered);
        await _api.RecordAsync(2, Some.Time.AddMinutes(1), AttemptOutcome.Retrying);
        await _api.RecordAsync(3, Some.Time.AddMinutes(2), AttemptOutcome.DeadLettered);
        await _api.RecordAsync(4, Some.Time.AddMinutes(3), AttemptOutcome.SubscriptionDeleted);

        Assert.Equal(wanted, await AllAsync(filter));
        Assert.Equal(wanted, await AllAsync($"{filter}&limit=1"));
    }

    [Fact]
    public async Task What_was_parked_for_long_is_found_by_the_time_of_its_attempt_though_its_run_began_weeks_before()
    {
        await _api.Subscriptions.AddAsync(Some.Subscription(), default);
        var now = _api.Time.GetUtcNow();
        await _api.RecordAsync(1, now, AttemptOutcome.Delivered, runStartedAt: now - 2 * Lifetime.Whole);

        Assert.Equal([1], await AllAsync($"from={now:yyyy-MM-dd'T'HH:mm:ss'Z'}"));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("outcome=delivered", "outcome")]
    [InlineData("outcome=1", "outcome")]
    [InlineData("outcome=", "outcome")]
    [InlineData("from=2026-04-15", "from")]
    [InlineData("to=2026-04-15T09:30:00", "to")]
    [InlineData("to=yesterday", "to")]
    [InlineData("cursor=", "cursor")]
    [InlineData("cursor=x", "cursor")]
    [InlineData("cursor=%00", "cursor")]
    [InlineData("to=yesterday&outcome=1&limit=0", "to", "outcome", "limit")]
    public async Task What_cannot_be_read_is_refused_by_name_and_reaches_no_table(
        string query, params string[] parameters)
    {
        var answer = await _api.ListAsync(query);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal(parameters, answer.Pointers);
        Assert.Empty(_api.Tables.Calls);
    }

    [Fact]
    public async Task A_cursor_serves_the_list_that_it_came_from_only()
    {
        foreach (var tenant in new[] { Some.Tenant, "other" })
        {
            await _api.RecordAsync(1, Some.Time, tenant: tenant);
            await _api.RecordAsync(2, Some.Time.AddMinutes(1), tenant: tenant);
        }

        var cursor = AttemptApi.NextCursor(await _api.ListAsync("limit=1"));
        Assert.Equal(HttpStatusCode.OK, (await _api.ListAsync($"limit=5&cursor={cursor}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ListAsync($"cursor={cursor}", tenant: "other")).Status);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _api.ListAsync($"cursor={cursor}", id: "sub_11111111111111111111")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ListAsync($"outcome=Delivered&cursor={cursor}")).Status);
        Assert.Equal(
            HttpStatusCode.BadRequest, (await _api.ListAsync($"from=2026-01-01T00:00:00Z&cursor={cursor}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ListAsync($"waiting=true&cursor={cursor}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _api.ListAsync($"waiting=false&cursor={cursor}")).Status);
    }

    [Theory]
    [InlineData("", new[] { 4, 3, 1 })]
    [InlineData("&outcome=Retrying", new[] { 4, 3, 1 })]
    [InlineData("&outcome=Delivered", new int[0])]
    [InlineData("&status=503", new[] { 3 })]
    // When the time begins or ends, it is the newest attempt of all that has to lie within it.
    [InlineData("&from=2026-04-15T09:32:00Z", new[] { 4, 3 })]
    [InlineData("&to=2026-04-15T09:33:00Z", new[] { 3, 1 })]
    [InlineData("&to=2026-04-15T09:32:00Z", new[] { 1 })]
    [InlineData("&to=2026-04-15T09:31:00Z", new int[0])]
    public async Task What_waits_is_listed_by_its_newest_attempt_however_long_the_next_one_is_due(
        string filter, int[] expected)
    {
        // Twenty days ago: all that waits has been put back since.
        await RecordAsync(1, 0, AttemptOutcome.Retrying);
        await RecordAsync(1, 60, AttemptOutcome.Retrying, attempt: 2);
        await RecordAsync(2, 10, AttemptOutcome.Retrying);
        await RecordAsync(2, 70, AttemptOutcome.Delivered, attempt: 2);
        // The first run ended without an attempt that says so, and the second began in another week.
        await RecordAsync(3, 20, AttemptOutcome.Retrying, runStartedAt: Some.Time.AddDays(-8));
        await RecordAsync(3, 120, AttemptOutcome.Retrying, run: 2, status: 503);
        await RecordAsync(4, 30, AttemptOutcome.Retrying, status: 503);
        await RecordAsync(4, 180, AttemptOutcome.Retrying, attempt: 2);
        await RecordAsync(5, 40, AttemptOutcome.Retrying, runStartedAt: Some.Time.AddDays(-8));
        await RecordAsync(5, 190, AttemptOutcome.DeadLettered, run: 2);

        Assert.Equal(expected, await AllAsync($"waiting=true{filter}"));
        // Each page but the first begins below attempts that are newer.
        Assert.Equal(expected, await AllAsync($"waiting=true{filter}&limit=1"));

        Task RecordAsync(
            int number, int seconds, AttemptOutcome outcome, int run = 1, int attempt = 1,
            DateTimeOffset? runStartedAt = null, int? status = null) => _api.RecordAsync(
                Some.Record(outcome, run, attempt) with
                {
                    DeliveryId = AttemptApi.Id(number),
                    StartedAt = Some.Time.AddSeconds(seconds),
                    RunStartedAt = runStartedAt ?? Some.Time,
                    Status = status,
                });
    }

    [Fact]
    public async Task What_is_tried_again_between_two_pages_waits_on_none_of_them_by_its_old_attempt()
    {
        await _api.RecordAsync(1, Some.Time, AttemptOutcome.Retrying);
        await _api.RecordAsync(2, Some.Time.AddMinutes(1), AttemptOutcome.Retrying);
        var first = await _api.ListAsync("waiting=true&limit=1");
        await _api.RecordAsync(Some.Record(AttemptOutcome.Delivered, attempt: 2) with
        {
            DeliveryId = AttemptApi.Id(1),
            StartedAt = Some.Time.AddMinutes(2),
        });

        var second = await _api.ListAsync($"waiting=true&limit=1&cursor={AttemptApi.NextCursor(first)}");

        Assert.Equal([AttemptApi.Id(2)], AttemptApi.Ids(first));
        Assert.Empty(AttemptApi.Ids(second));
    }

    [Fact]
    public async Task The_first_page_of_what_waits_takes_no_more_reads_than_any_other_list()
    {
        await _api.RecordAsync(1, Some.Time, AttemptOutcome.Retrying);
        await _api.RecordAsync(2, Some.Time.AddMinutes(1), AttemptOutcome.Retrying);

        var all = await ReadsAsync("");
        var waiting = await ReadsAsync("waiting=true");

        Assert.Equal(all, waiting);

        async Task<int> ReadsAsync(string query)
        {
            var before = _api.Tables.Calls.Count;
            await _api.ListAsync(query);
            return _api.Tables.Calls.Count - before;
        }
    }

    [Fact]
    public async Task A_page_that_looks_for_newer_attempts_ends_after_a_hundred_looks_and_goes_on_with_the_next()
    {
        const int deliveries = PageQuery.MaxLimit + 2;
        await Task.WhenAll(Enumerable.Range(0, deliveries).Select(async number =>
        {
            await _api.RecordAsync(number, Some.Time.AddSeconds(number), AttemptOutcome.Retrying);
            await _api.RecordAsync(Some.Record(AttemptOutcome.Delivered, attempt: 2) with
            {
                DeliveryId = AttemptApi.Id(number),
                StartedAt = Some.Time.AddHours(1),
            });
        }));
        var query = $"waiting=true&to={Some.Time.AddMinutes(30):yyyy-MM-dd'T'HH:mm:ss'Z'}";
        var before = _api.Tables.Calls.Count;

        var first = await _api.ListAsync(query);
        var calls = _api.Tables.Calls.Count - before;
        var second = await _api.ListAsync($"{query}&cursor={AttemptApi.NextCursor(first)}");

        // The list, and each look, is a query of every week since.
        var weeks = AttemptTable.NamesSince(Some.Time, _api.Time.GetUtcNow()).Count;
        Assert.InRange(calls, weeks * PageQuery.MaxLimit / 2, weeks * (PageQuery.MaxLimit + 2));
        Assert.Empty(AttemptApi.Ids(first));
        Assert.Empty(AttemptApi.Ids(second));
        Assert.Null(AttemptApi.NextCursor(second));
    }

    [Fact]
    public async Task A_tenant_does_not_see_anothers_attempts()
    {
        await _api.RecordAsync(1, Some.Time);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.ListAsync(tenant: "other")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.DeliveryAsync(AttemptApi.Id(1), tenant: "other")).Status);
    }

    [Theory]
    [InlineData("a'b", Some.SubscriptionId)]
    [InlineData(Some.Tenant, "sub_x' or PartitionKey ne '")]
    public async Task What_is_no_tenant_or_no_id_reaches_no_table(string tenant, string id)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _api.ListAsync(tenant: tenant, id: id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.DeliveryAsync(AttemptApi.Id(1), tenant, id)).Status);
        Assert.Empty(_api.Tables.Calls);
    }

    [Fact]
    public async Task A_subscription_that_has_not_had_an_event_has_an_empty_list_and_one_that_never_was_is_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _api.ListAsync()).Status);
        await _api.Subscriptions.AddAsync(Some.Subscription(), default);
        Assert.Empty(AttemptApi.Ids(await _api.ListAsync()));
    }

    [Fact]
    public async Task The_log_outlives_its_subscription()
    {
        await _api.RecordAsync(1, Some.Time);
        Assert.Equal([AttemptApi.Id(1)], AttemptApi.Ids(await _api.ListAsync()));
        Assert.Empty(AttemptApi.Ids(await _api.ListAsync("outcome=DeadLettered")));
    }

    [Fact]
    public async Task A_filter_that_leaves_much_out_ends_a_page_early_and_goes_on_with_the_next()
    {
        const int rows = AttemptReader.MaxRowsRead + 2;
        await Task.WhenAll(Enumerable.Range(0, rows).Select(number =>
            _api.RecordAsync(
                number, Some.Time.AddSeconds(number),
                number == 0 ? AttemptOutcome.DeadLettered : AttemptOutcome.Delivered)));

        var first = await _api.ListAsync("outcome=DeadLettered");
        Assert.Empty(AttemptApi.Ids(first));
        var second = await _api.ListAsync($"outcome=DeadLettered&cursor={AttemptApi.NextCursor(first)}");
        Assert.Equal([AttemptApi.Id(0)], AttemptApi.Ids(second));
        Assert.Null(AttemptApi.NextCursor(second));
    }

    [Fact]
    public async Task An_attempt_shows_all_that_is_kept_of_it()
    {
        await _api.RecordAsync(Some.Record() with
        {
            Status = 503,
            ErrorClass = "http",
            Cause = "signature",
            Explanation = "503: look.",
            ResponseExcerpt = "down",
            Resent = true,
            DnsMs = 1,
            ConnectMs = 2,
            TlsMs = 3,
            FirstByteMs = 4,
            TotalMs = 5.5,
        });

        var item = (await _api.ListAsync()).Json.GetProperty("items")[0];
        Assert.Equal(
            "{\"deliveryId\":\"msg_0123456789abcdef0123456789abcdef\","
            + "\"eventId\":\"evt_0123456789abcdef0123456789abcdef\",\"event\":\"visitor.pre_registered\","
            + "\"run\":1,\"attempt\":1,\"dueAt\":\"2026-04-15T09:30:00+00:00\","
            + "\"startedAt\":\"2026-04-15T09:30:01+00:00\",\"outcome\":\"Retrying\","
            + "\"status\":503,\"errorClass\":\"http\",\"cause\":\"signature\",\"explanation\":\"503: look.\","
            + "\"responseExcerpt\":\"down\","
            + "\"resent\":true,\"timings\":{\"dns\":1,\"connect\":2,\"tls\":3,\"firstByte\":4,\"total\":5.5},"
            + "\"nextAttemptAt\":\"2026-04-15T09:31:17+00:00\"}",
            item.GetRawText());
    }

    [Fact]
    public async Task An_outage_of_the_tables_is_thrown()
    {
        _api.Tables.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => _api.ListAsync());
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => _api.DeliveryAsync(AttemptApi.Id(1)));
    }

    async Task<IReadOnlyList<int>> AllAsync(string query)
    {
        var numbers = new List<int>();
        string? cursor = null;
        do
        {
            var page = await _api.ListAsync(query + (cursor is null ? "" : $"&cursor={cursor}"));
            Assert.Equal(HttpStatusCode.OK, page.Status);
            numbers.AddRange(AttemptApi.Ids(page).Select(id => Convert.ToInt32(id[^8..], 16)));
            cursor = AttemptApi.NextCursor(page);
        }
        while (cursor is not null);
        return numbers;
    }
}
