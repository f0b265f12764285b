namespace Baton.Client;

/// <summary>How SORT sorts. The default: by the elements as numbers, lowest first, all of them.</summary>
public sealed record SortOptions
{
    /// <summary>Sorts by the values of other keys, <c>*</c> standing for the element; <c>nosort</c> for no order (BY).</summary>
    public string? By { get; init; }

    /// <summary>Gives the values of other keys instead of the elements, <c>#</c> for the element itself (GET).</summary>
    public IReadOnlyList<string> Get { get; init; } = [];

    /// <summary>How many to leave out at the beginning (LIMIT).</summary>
    public long Offset { get; init; }

    /// <summary>How many to give; null for all (LIMIT).</summary>
    public long? Count { get; init; }

    /// <summary>Highest first (DESC).</summary>
    public bool Descending { get; init; }

    /// <summary>As text instead of numbers (ALPHA).</summary>
    public bool Alphabetic { get; init; }

    internal void WriteTo(ref CommandWriter command)
    {
        if (By is not null)
        {
            command.AddBytes("BY"u8);
            command.AddText(By);
        }

        if (Count is not null || Offset != 0)
        {
            command.AddBytes("LIMIT"u8);
            command.AddInteger(Offset);
            command.AddInteger(Count ?? -1);
        }

        foreach (var pattern in Get)
        {
            command.AddBytes("GET"u8);
            command.AddText(pattern);
        }

        command.AddIf(Descending, "DESC"u8);
        command.AddIf(Alphabetic, "ALPHA"u8);
    }
}
