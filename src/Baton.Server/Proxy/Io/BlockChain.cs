namespace Baton.Server.Proxy.Io;

/// <summary>The blocks of a buffer before its last one, in order. Belongs to its loop's thread.</summary>
internal sealed class BlockChain
{
    private readonly List<BufferBlock> _blocks = [];
    private int _first;

    /// <summary>Blocks in it.</summary>
    internal int Count => _blocks.Count - _first;

    /// <summary>Bytes in it.</summary>
    internal long Length { get; private set; }

    /// <summary>One of the blocks.</summary>
    internal BufferBlock this[int index] => _blocks[_first + index];

    /// <summary>The first block.</summary>
    internal BufferBlock First => _blocks[_first];

    /// <summary>Appends a block and owns it.</summary>
    internal void Add(BufferBlock block)
    {
        Length += block.Length;
        _blocks.Add(block);
    }

    /// <summary>A part of the first block is done with.</summary>
    internal void Consume(int count)
    {
        BufferBlock first = _blocks[_first];
        first.Start += count;
        Length -= count;
        _blocks[_first] = first;
    }

    /// <summary>The first block has another owner now.</summary>
    internal void TakeFirst()
    {
        Length -= First.Length;
        _blocks[_first++] = default;
        if (_first * 2 > _blocks.Count)
        {
            _blocks.RemoveRange(0, _first);
            _first = 0;
        }
    }

    /// <summary>The first block is done with.</summary>
    internal void DropFirst()
    {
        BufferBlock first = First;
        TakeFirst();
        first.Return();
    }

    /// <summary>Takes the last block out.</summary>
    internal BufferBlock TakeLast()
    {
        BufferBlock last = _blocks[^1];
        Length -= last.Length;
        _blocks.RemoveAt(_blocks.Count - 1);
        return last;
    }

    /// <summary>Gives everything back.</summary>
    internal void Release()
    {
        while (Count > 0)
        {
            DropFirst();
        }
    }
}
