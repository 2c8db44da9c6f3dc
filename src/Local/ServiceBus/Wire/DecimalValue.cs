using System.Buffers.Binary;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>.NET's decimal as IEEE 754 decimal128: a sign, an exponent of ten and a binary coefficient.</summary>
internal static class DecimalValue
{
    const int ExponentBias = 6176;
    const int CoefficientBits = 113;
    const int SignBit = 127;
    const int LargestScale = 28;
    const int Bytes = 16;

    public static Amqp.Types.Decimal ToAmqp(decimal number)
    {
        var bits = decimal.GetBits(number);
        var coefficient = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var value = coefficient | ((UInt128)(ExponentBias - number.Scale) << CoefficientBits);
        if (decimal.IsNegative(number)) value |= UInt128.One << SignBit;
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new Amqp.Types.Decimal(bytes);
    }

    /// <summary>Null when the number is not one of .NET's.</summary>
    public static object? FromAmqp(Amqp.Types.Decimal number)
    {
        if (number.Bytes.Length != Bytes) return null;
        var value = BinaryPrimitives.ReadUInt128BigEndian(number.Bytes);
        var coefficient = value & ((UInt128.One << CoefficientBits) - 1);
        var scale = ExponentBias - (int)(uint)((value >> CoefficientBits) & 0x3FFF);
        if (coefficient >> 96 != 0 || scale is < 0 or > LargestScale) return null;
        var low = (ulong)coefficient;
        return new decimal((int)low, (int)(low >> 32), (int)(ulong)(coefficient >> 64), value >> SignBit != 0, (byte)scale);
    }
}
