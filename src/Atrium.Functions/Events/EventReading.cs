using Atrium.Functions.Http;

namespace Atrium.Functions.Events;

/// <summary>Bytes judged against the contract: an event, or what is wrong with them.</summary>
internal abstract record EventReading
{
    /// <param name="EventType">One of the contract's three names.</param>
    internal sealed record Valid(string EventType) : EventReading;

    internal sealed record Invalid(IReadOnlyList<FieldError> Errors) : EventReading
    {
        /// <summary>All errors in one line.</summary>
        public override string ToString() =>
            string.Join(" ", Errors.Select(error => error.Pointer.Length == 0 ? error.Detail : $"{error.Pointer}: {error.Detail}"));
    }
}
