namespace Atrium.Functions.TestWebhooks;

/// <summary>What a verification came to.</summary>
/// <param name="Valid">Whether a receiver would take the request.</param>
/// <param name="FailedStep">
/// The first step that fails: <c>headers timestamp clock version secret body</c>; null when it is valid. <c>body</c> means that another form of the
/// same body fits, so that the secret is right.
/// </param>
/// <param name="Explanation">What is wrong and what to do, in a sentence or two.</param>
internal sealed record VerifyAnswer(bool Valid, string? FailedStep, string Explanation);
