namespace Atrium.Functions.Tests.Fakes;

sealed record ReceiverRequest(IReadOnlyDictionary<string, string> Headers, byte[] Body);
