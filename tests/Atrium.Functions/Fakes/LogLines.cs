using Microsoft.Extensions.Logging.Testing;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>What was logged as a console shows it, exceptions and their stacks included.</summary>
static class LogLines
{
    extension(FakeLogCollector log)
    {
        public IReadOnlyList<string> Lines => [.. log.GetSnapshot().Select(Line)];

        public IReadOnlyList<string> Of<T>() =>
            [.. log.GetSnapshot().Where(record => record.Category == typeof(T).FullName).Select(Line)];
    }

    extension(FakeLogger logger)
    {
        public IReadOnlyList<string> Lines => logger.Collector.Lines;
    }

    static string Line(FakeLogRecord record) => $"{record.Message} {record.Exception}".TrimEnd();
}
