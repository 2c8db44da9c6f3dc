namespace Atrium.Functions.Console;

/// <summary>What the sessions of the admin's page keep to.</summary>
internal static class SessionBounds
{
    /// <summary>In minutes: below, a page would do little but renew itself.</summary>
    public const int MinMinutes = 5;

    /// <summary>In minutes: a working day.</summary>
    public const int MaxMinutes = 480;

    /// <summary>In minutes.</summary>
    public const int DefaultMinutes = 60;

    /// <summary>In characters; the longest address of mail has 254.</summary>
    public const int MaxActorLength = 254;

    /// <summary>The largest request for a session, in bytes: an address of a page and little else.</summary>
    public const int MaxRequestBytes = 16 * 1024;
}
