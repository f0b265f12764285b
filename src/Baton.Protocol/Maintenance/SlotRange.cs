using System.Buffers.Text;

namespace Baton.Protocol.Maintenance;

/// <summary>Neighbouring hash slots.</summary>
/// <param name="First">The lowest, 0 to 16383.</param>
/// <param name="Last">The highest, itself included.</param>
public readonly record struct SlotRange(int First, int Last)
{
    private const int HighestSlot = 16383;

    /// <summary>Appends what <c>123,456,5000-7000</c> says. False when it is no such list.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, List<SlotRange> ranges)
    {
        foreach (var piece in text.Split((byte)','))
        {
            var range = text[piece].Trim(" "u8);
            var dash = range.IndexOf((byte)'-');
            if (!TryParseSlot(dash < 0 ? range : range[..dash], out var first) || !TryParseSlot(range[(dash + 1)..], out var last) || last < first)
            {
                return false;
            }

            ranges.Add(new SlotRange(first, last));
        }

        return true;
    }

    private static bool TryParseSlot(ReadOnlySpan<byte> text, out int slot) =>
        Utf8Parser.TryParse(text, out slot, out var consumed) && consumed == text.Length && slot is >= 0 and <= HighestSlot;
}
