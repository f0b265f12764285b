using System.Text;
using Baton.Protocol.Commands;
using Baton.Protocol.Resp;
using Xunit;

namespace Baton.Client.Tests.Commands;

/// <summary>
/// Commands whose replies a test wrote. Every command is checked against the table of Redis' commands: its name, how many arguments it takes,
/// whether it may be repeated, and whether and where it says how long it waits.
/// </summary>
internal sealed class ScriptedCommands(params IEnumerable<string> replies) : RedisCommands
{
    /// <summary>Commands that change nothing although Redis' table has them with those that may.</summary>
    private static readonly string[] ReadsAllTheSame = ["SORT"];

    private readonly Queue<string> _replies = new(replies);

    /// <summary>What was sent: arguments with blanks between.</summary>
    public List<string> Sent { get; } = [];

    /// <summary>The last command's bytes.</summary>
    public string LastFrame { get; private set; } = "";

    /// <summary>The last command's traits.</summary>
    public CommandTraits LastTraits { get; private set; }

    /// <summary>Ends a command in the place of a reply.</summary>
    public Func<string, Exception?> Fails { get; init; } = static _ => null;

    /// <inheritdoc/>
    internal override ValueTask<T> SendAsync<T>(ref CommandWriter command, ReplyReader<T> reader, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LastFrame = Encoding.Latin1.GetString(command.Finish().Span);
        LastTraits = command.Traits;
        var arguments = Wire.Arguments(LastFrame);
        Sent.Add(string.Join(' ', arguments));
        CheckTraits(arguments, command);
        command.Return();
        if (Fails(Sent[^1]) is { } error)
        {
            return ValueTask.FromException<T>(error);
        }

        Assert.True(_replies.TryDequeue(out var reply), $"no reply is left for {Sent[^1]}");
        return Read(Wire.Frame(reply), reader);
    }

    private static ValueTask<T> Read<T>(byte[] frame, ReplyReader<T> reader)
    {
        var reply = new RespReader(frame);
        reply.Read();
        if (reply.IsError)
        {
            return ValueTask.FromException<T>(RedisServerException.From(reply.Value));
        }

        try
        {
            var result = reader(ref reply);
            Assert.Equal(frame.Length, reply.Position);
            return ValueTask.FromResult(result);
        }
        catch (RedisException e)
        {
            return ValueTask.FromException<T>(e);
        }
    }

    private static void CheckTraits(string[] arguments, CommandWriter command)
    {
        var second = arguments.Length > 1 ? Encoding.Latin1.GetBytes(arguments[1]) : [];
        var info = CommandTable.Redis.Find(Encoding.Latin1.GetBytes(arguments[0]), second);
        Assert.True(info is not null, $"{arguments[0]} is no command of Redis");
        Assert.True(info.AcceptsArgumentCount(arguments.Length), $"{string.Join(' ', arguments)}: arity is {info.Arity}");

        var repeats = (command.Traits & CommandTraits.ReadOnly) != 0;
        Assert.False(repeats && info.Is(CommandFlags.Write) && !ReadsAllTheSame.Contains(info.Name), $"{info.Name} would be repeated, and writes");
        Assert.False(!repeats && info.Is(CommandFlags.ReadOnly), $"{info.Name} only reads, and would not be repeated");

        var raw = CommandWriter.Begin();
        foreach (var argument in arguments)
        {
            raw.AddBytes(Encoding.Latin1.GetBytes(argument));
        }

        RawCommandTraits.Apply(ref raw);
        Assert.Equal(raw.Traits & CommandTraits.Blocking, command.Traits & CommandTraits.Blocking);
        Assert.Equal(raw.Wait, command.Wait);
    }
}
