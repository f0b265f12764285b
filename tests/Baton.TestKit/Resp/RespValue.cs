namespace Baton.TestKit.Resp;

/// <summary>One decoded reply or push. A reader of its own, so that tests do not share mistakes with the server.</summary>
/// <param name="Kind">The type byte: <c>+ - : $ * &gt; % ~ _ # , ( =</c>.</param>
/// <param name="Text">Scalars as text; null for null.</param>
/// <param name="Items">Aggregates; maps as key, value, key, value.</param>
/// <param name="Raw">The frame's bytes, one char per byte.</param>
public sealed record RespValue(char Kind, string? Text, IReadOnlyList<RespValue>? Items, string Raw)
{
    /// <summary>An error reply.</summary>
    public bool IsError => Kind is '-' or '!';

    /// <summary>Null in either protocol version.</summary>
    public bool IsNull => Text is null && Items is null;

    /// <summary>An out-of-band frame.</summary>
    public bool IsPush => Kind == '>';

    /// <summary>The number in it.</summary>
    public long Integer => long.Parse(Text ?? throw new InvalidOperationException($"No number: {this}"));

    /// <summary>For failures.</summary>
    public override string ToString() => Raw.Replace("\r\n", "|", StringComparison.Ordinal);
}
