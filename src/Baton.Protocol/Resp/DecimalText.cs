namespace Baton.Protocol.Resp;

/// <summary>Decimal numbers as Redis writes and reads them in headers: no plus sign, no leading zero, no blank.</summary>
internal static class DecimalText
{
    /// <summary>19 digits always fit into 64 bits unsigned, and no length is longer.</summary>
    private const int MostDigits = 19;

    /// <summary>Parses <c>0</c>, <c>17</c>, <c>-1</c>; false for anything that is not a canonical 64-bit decimal.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == '-';
        var digits = negative ? text[1..] : text;
        if (digits.Length is 0 or > MostDigits || (digits[0] == '0' && text.Length > 1))
        {
            return false;
        }

        ulong sum = 0;
        foreach (var character in digits)
        {
            var digit = (uint)(character - '0');
            if (digit > 9)
            {
                return false;
            }

            sum = (sum * 10) + digit;
        }

        if (sum > long.MaxValue)
        {
            return false;
        }

        value = negative ? -(long)sum : (long)sum;
        return true;
    }
}
