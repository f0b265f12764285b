namespace Baton.Client;

/// <summary>Part of a sorted set: by rank, by score, or (all scores the same) by member. Immutable.</summary>
public readonly record struct SortedSetRange
{
    private readonly RedisValue _start;
    private readonly RedisValue _stop;
    private readonly Order _order;

    private SortedSetRange(Order order, RedisValue start, RedisValue stop) => (_order, _start, _stop) = (order, start, stop);

    private enum Order : byte
    {
        Rank,
        Score,
        Lex,
    }

    /// <summary>All members.</summary>
    public static SortedSetRange All => ByRank(0, -1);

    /// <summary>From the highest to the lowest (REV). Ranks then count from the highest; bounds stay lowest first.</summary>
    public bool Reverse { get; init; }

    /// <summary>How many to leave out at the beginning; not by rank.</summary>
    public long Offset { get; init; }

    /// <summary>At most so many; null for all; not by rank.</summary>
    public long? Count { get; init; }

    /// <summary>From rank to rank, both included; negative ones count from the end.</summary>
    public static SortedSetRange ByRank(long start, long stop) => new(Order.Rank, start, stop);

    /// <summary>From score to score.</summary>
    public static SortedSetRange ByScore(ScoreBound lowest, ScoreBound highest) => new(Order.Score, lowest.Word, highest.Word);

    /// <summary>From member to member, where all scores are the same.</summary>
    public static SortedSetRange ByLex(LexBound first, LexBound last) => new(Order.Lex, first.Word, last.Word);

    /// <summary><c>start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count]</c></summary>
    internal void WriteTo(ref CommandWriter command)
    {
        // With REV Redis wants the higher bound first, but ranks as they are.
        var isSwapped = Reverse && _order != Order.Rank;
        command.Add(isSwapped ? _stop : _start);
        command.Add(isSwapped ? _start : _stop);
        command.AddIf(_order == Order.Score, "BYSCORE"u8);
        command.AddIf(_order == Order.Lex, "BYLEX"u8);
        command.AddIf(Reverse, "REV"u8);
        if (Offset != 0 || Count is not null)
        {
            command.AddBytes("LIMIT"u8);
            command.AddInteger(Offset);
            command.AddInteger(Count ?? -1);
        }
    }
}
