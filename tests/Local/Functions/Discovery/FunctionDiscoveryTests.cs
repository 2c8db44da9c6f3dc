using Atrium.Local.Functions.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Atrium.Local.Functions.Tests.Discovery;

public sealed class FunctionDiscoveryTests
{
    public static TheoryData<Type, string> Refusals => new()
    {
        { typeof(Twice), "The function name Same is used by Twice.One and Twice.Two." },
        { typeof(NoTrigger), "has 0 triggers" },
        { typeof(TwoTriggers), "has 2 triggers" },
        { typeof(UnknownTrigger), "does not know the trigger EveryFullMoonAttribute" },
        { typeof(BadName), "a name starts with a letter" },
        { typeof(AsyncVoid), "it is async void" },
        { typeof(UnboundParameter), "its parameter name is of type String, which this trigger does not give" },
        { typeof(UnboundTrigger), "its parameter body is of type String" },
        { typeof(BadRoute), "its route '{id' cannot be read" },
        { typeof(UnknownConstraint), "'nonsense'" },
        { typeof(SameRoute), "The functions First and Second both take GET 'api/Same'" },
        { typeof(BadResult), "it returns Int32" },
        { typeof(UserLevel), "the level User is not served here" },
        { typeof(BadSchedule), "its schedule 'every day' is neither" },
        { typeof(NeverDue), "names a time that never comes" },
        { typeof(MissingSchedule), "names the setting Nightly, which is not set" },
        { typeof(MissingQueue), "names the setting TheQueue, which is not set" },
        { typeof(Batched), "one message at a time" },
        { typeof(MessageAsObject), "its parameter message is of type BinaryData" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_run_is_refused_at_start_with_a_sentence(Type functions, string sentence)
    {
        var message = RunningHost.WhyNotBuilt([functions]);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    sealed class Twice
    {
        [Function("Same")]
        public static void One([TimerTrigger("00:01:00")] TimerInfo timer) => _ = timer;

        [Function("same")]
        public static void Two([TimerTrigger("00:01:00")] TimerInfo timer) => _ = timer;
    }

    sealed class NoTrigger
    {
        [Function("F")]
        public static void Run(TimerInfo timer) => _ = timer;
    }

    sealed class TwoTriggers
    {
        [Function("F")]
        public static void Run([TimerTrigger("00:01:00")] TimerInfo timer, [HttpTrigger] HttpRequest request) => _ = (timer, request);
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    sealed class EveryFullMoonAttribute : TriggerBindingAttribute;

    sealed class UnknownTrigger
    {
        [Function("F")]
        public static void Run([EveryFullMoon] TimerInfo timer) => _ = timer;
    }

    sealed class BadName
    {
        [Function("1 name")]
        public static void Run([TimerTrigger("00:01:00")] TimerInfo timer) => _ = timer;
    }

    sealed class AsyncVoid
    {
        [Function("F")]
        public static async void Run([TimerTrigger("00:01:00")] TimerInfo timer) => await Task.FromResult(timer);
    }

    sealed class UnboundParameter
    {
        [Function("F")]
        public static void Run([HttpTrigger(Route = "x/{id}")] HttpRequest request, string name) => _ = (request, name);
    }

    sealed class UnboundTrigger
    {
        [Function("F")]
        public static void Run([HttpTrigger] string body) => _ = body;
    }

    sealed class BadRoute
    {
        [Function("F")]
        public static void Run([HttpTrigger(Route = "{id")] HttpRequest request) => _ = request;
    }

    sealed class UnknownConstraint
    {
        [Function("F")]
        public static void Run([HttpTrigger(Route = "{id:nonsense}")] HttpRequest request) => _ = request;
    }

    sealed class SameRoute
    {
        [Function("First")]
        public static void One([HttpTrigger("get", "post", Route = "same")] HttpRequest request) => _ = request;

        [Function("Second")]
        public static void Two([HttpTrigger("GET", Route = "Same")] HttpRequest request) => _ = request;
    }

    sealed class BadResult
    {
        [Function("F")]
        public static Task<int> Run([HttpTrigger] HttpRequest request) => Task.FromResult(request.Headers.Count);
    }

    sealed class UserLevel
    {
        [Function("F")]
        public static void Run([HttpTrigger(AuthorizationLevel.User)] HttpRequest request) => _ = request;
    }

    sealed class BadSchedule
    {
        [Function("F")]
        public static void Run([TimerTrigger("every day")] TimerInfo timer) => _ = timer;
    }

    sealed class NeverDue
    {
        [Function("F")]
        public static void Run([TimerTrigger("0 0 0 30 2 *")] TimerInfo timer) => _ = timer;
    }

    sealed class MissingSchedule
    {
        [Function("F")]
        public static void Run([TimerTrigger("%Nightly%")] TimerInfo timer) => _ = timer;
    }

    sealed class MissingQueue
    {
        [Function("F")]
        public static void Run([ServiceBusTrigger("%TheQueue%")] string message) => _ = message;
    }

    sealed class Batched
    {
        [Function("F")]
        public static void Run([ServiceBusTrigger("q", IsBatched = true)] string message) => _ = message;
    }

    sealed class MessageAsObject
    {
        [Function("F")]
        public static void Run([ServiceBusTrigger("q")] BinaryData message) => _ = message;
    }
}
