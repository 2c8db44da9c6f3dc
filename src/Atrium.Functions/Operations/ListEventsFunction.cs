using System.Text.Json;
using Atrium.Functions.Contract;
using Atrium.Functions.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Operations;

/// <summary>Shows which events there are.</summary>
internal sealed class ListEventsFunction(OpenApiDocument document)
{
    /// <summary><c>GET /api/events</c>: each event of the contract, with its JSON Schema and a sample.</summary>
    [Function("ListEvents")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "events")]
        HttpRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<IResult>(TypedResults.Ok(new EventCatalogue(
            [.. EventSelection.Names.Select(name => EventKind.Of(name, document.EventSchemas[name]))])));
}

/// <summary>The events of the contract.</summary>
/// <param name="Items">In the order of a visit.</param>
internal sealed record EventCatalogue(IReadOnlyList<EventKind> Items);

/// <summary>An event of the contract.</summary>
/// <param name="Event">Its name.</param>
/// <param name="Title">What has happened, in a few words.</param>
/// <param name="Description">The same in the words of its schema.</param>
/// <param name="Schema">Its JSON Schema: that of openapi.json.</param>
/// <param name="Sample">What a test sends.</param>
internal sealed record EventKind(string Event, string Title, string Description, JsonElement Schema, JsonElement Sample)
{
    /// <exception cref="ArgumentOutOfRangeException">The contract has no such event.</exception>
    public static EventKind Of(string name, JsonElement schema) => new(
        name,
        TitleOf(name),
        schema.GetProperty("description").GetString()!,
        schema,
        JsonElement.Parse(EventSamples.Of(name)));

    static string TitleOf(string name) => name switch
    {
        EventSelection.PreRegistered => "A visitor is pre-registered",
        EventSelection.CheckedIn => "A visitor checks in",
        EventSelection.CheckedOut => "A visitor checks out",
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "The contract has no such event."),
    };
}
