using System.Diagnostics;
using Atrium.Functions.Http;
using Atrium.Functions.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.Http;

public sealed class ProblemTests
{
    [Fact]
    public async Task A_problem_says_what_where_and_under_which_trace()
    {
        using var activity = new Activity("request").Start();
        var answer = await AnswerAsync(
            Problem.BadRequest("It is not valid.", new FieldError("/url", FieldErrorCode.HttpsRequired, "Change it.")));
        Assert.Equal((400, "application/problem+json"), ((int)answer.Status, answer.ContentType));
        Assert.Equal("The request is not valid", answer.Json.GetProperty("title").GetString());
        Assert.Equal("It is not valid.", answer.Json.GetProperty("detail").GetString());
        Assert.Equal(400, answer.Json.GetProperty("status").GetInt32());
        Assert.Equal("invalid_request", answer.Json.GetProperty("code").GetString());
        Assert.Contains(
            activity.TraceId.ToHexString(), answer.Json.GetProperty("traceId").GetString(), StringComparison.Ordinal);
        var error = Assert.Single(answer.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal(
            ("/url", "https_required", "Change it."),
            (error.GetProperty("pointer").GetString(), error.GetProperty("code").GetString(),
                error.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task Without_faulty_fields_there_is_no_list_of_them() =>
        Assert.False((await AnswerAsync(Problem.BadRequest("It is not valid."))).Json.TryGetProperty("errors", out _));

    [Theory]
    [InlineData(20, "It is not valid.")]
    [InlineData(65_000, "It is not valid. Only the first 20 of 65000 errors are named.")]
    public async Task So_many_errors_are_named_and_of_the_others_only_their_number_is_told(int errors, string detail)
    {
        var answer = await AnswerAsync(Problem.BadRequest(
            "It is not valid.",
            [.. Enumerable.Range(0, errors).Select(
                number => new FieldError($"/{number}", FieldErrorCode.Unknown, "Leave it out."))]));
        Assert.Equal(detail, answer.Json.GetProperty("detail").GetString());
        Assert.Equal(
            Enumerable.Range(0, Problem.MaxErrors).Select(number => $"/{number}"),
            answer.Json.GetProperty("errors").EnumerateArray()
                .Select(error => error.GetProperty("pointer").GetString()));
    }

    [Fact]
    public async Task A_problem_that_the_framework_knows_no_type_for_has_one_all_the_same()
    {
        Assert.Equal(
            "about:blank", (await AnswerAsync(Problem.TooManyTests(""))).Json.GetProperty("type").GetString());
        Assert.Equal(
            "about:blank", (await AnswerAsync(Problem.PreconditionRequired())).Json.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Each_problem_has_its_status()
    {
        Assert.Equal(404, await StatusAsync(Problem.NotFound("")));
        Assert.Equal(409, await StatusAsync(Problem.Conflict(ProblemCode.TooManyJobs, "")));
        Assert.Equal(413, await StatusAsync(Problem.TooLarge(1024)));
        Assert.Equal(415, await StatusAsync(Problem.UnsupportedMediaType("")));
        Assert.Equal(500, await StatusAsync(Problem.Unexpected()));
        Assert.Equal(503, await StatusAsync(Problem.Unavailable("")));
    }

    [Fact]
    public async Task Problems_of_one_status_have_codes_of_their_own()
    {
        Assert.Equal("too_many_jobs", await CodeAsync(Problem.Conflict(ProblemCode.TooManyJobs, "")));
        Assert.Equal("made_and_deleted", await CodeAsync(Problem.Conflict(ProblemCode.MadeAndDeleted, "")));
        Assert.Equal(
            "invalid_query",
            await CodeAsync(Problem.BadQuery(new FieldError("limit", FieldErrorCode.OutOfRange, ""))));
        Assert.Equal("invalid_event", await CodeAsync(Problem.BadRequest(ProblemCode.InvalidEvent, "")));
    }

    [Fact]
    public async Task The_limit_of_a_body_is_told() =>
        Assert.Equal(
            "The body may have at most 196608 bytes (192 KB).",
            (await AnswerAsync(Problem.TooLarge(196608))).Json.GetProperty("detail").GetString());

    static async Task<string?> CodeAsync(IResult problem) =>
        (await AnswerAsync(problem)).Json.GetProperty("code").GetString();

    static async Task<int> StatusAsync(IResult problem) => (int)(await AnswerAsync(problem)).Status;

    static Task<HttpAnswer> AnswerAsync(IResult problem) =>
        HttpCall.AnswerAsync(HttpCall.Of("GET", "/"), Task.FromResult(problem));
}
