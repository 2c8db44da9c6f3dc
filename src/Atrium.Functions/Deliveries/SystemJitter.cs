using System.Security.Cryptography;

namespace Atrium.Functions.Deliveries;

/// <summary>Chance for production.</summary>
internal static class SystemJitter
{
    const int Steps = 1 << 20;

    public static double Next() => (double)RandomNumberGenerator.GetInt32(Steps) / Steps;
}
