using System.Text;
using Baton.Protocol.Commands;
using Baton.Protocol.Resp;

namespace Baton.Protocol.Tests.Commands;

public sealed class CommandTableTests
{
    [Fact]
    public void Every_command_is_found_in_every_letter_case()
    {
        foreach (var row in CommandTable.Redis.All)
        {
            var parts = row.Name.Split('|');
            foreach (var spelled in new[] { row.Name, row.Name.ToLowerInvariant(), Mixed(row.Name) })
            {
                var names = spelled.Split('|').Select(Encoding.ASCII.GetBytes).ToArray();
                var found = CommandTable.Redis.Find(names[0], parts.Length > 1 ? names[1] : default(ReadOnlySpan<byte>));
                Assert.Equal(row, found);
            }
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("NOSUCH", "")]
    [InlineData("GETX", "")]
    [InlineData("GE", "")]
    [InlineData("CLIENT|SETNAME", "")]
    [InlineData("G\u0005T", "")]
    [InlineData("AVERYLONGCOMMANDNAMETHATNOBODYHAS", "")]
    public void What_is_no_command_is_not_found(string name, string subcommand) =>
        Assert.Null(CommandTable.Redis.Find(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(subcommand)));

    [Theory]
    [InlineData("client", "setname", "CLIENT|SETNAME")]
    [InlineData("CLIENT", "NOSUCH", "CLIENT")]
    [InlineData("CLIENT", "", "CLIENT")]
    [InlineData("GET", "SETNAME", "GET")]
    [InlineData("DEBUG", "object", "DEBUG|OBJECT")]
    [InlineData("DEBUG", "SLEEP", "DEBUG")]
    public void A_container_stands_in_for_subcommands_it_does_not_know(string name, string subcommand, string found) =>
        Assert.Equal(found, CommandTable.Redis.Find(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(subcommand))?.Name);

    [Theory]
    [InlineData("GET", 2, CommandFlags.ReadOnly, 1, 1, 1)]
    [InlineData("MSET", -3, CommandFlags.Write | CommandFlags.DenyOom, 1, -1, 2)]
    [InlineData("CLIENT|SETINFO", 4, CommandFlags.NoScript, 0, 0, 0)]
    [InlineData("HEXPIRE", -6, CommandFlags.Write | CommandFlags.DenyOom, 1, 1, 1)]
    [InlineData("SETIFGREATER", -4, CommandFlags.Write | CommandFlags.DenyOom, 1, 1, 1)]
    [InlineData("DELIFGREATER", 3, CommandFlags.Write, 1, 1, 1)]
    [InlineData("OBJECT|ENCODING", 3, CommandFlags.ReadOnly, 2, 2, 1)]
    public void Rows_say_what_the_servers_say(string name, int arity, CommandFlags flags, int first, int last, int step) =>
        Assert.Equal(new CommandInfo(name, arity, flags, first, last, step), CommandTable.Redis.All.Single(row => row.Name == name));

    [Fact]
    public void Scripts_blocking_and_unauthenticated_commands_are_flagged()
    {
        Assert.True(Row("EVAL").Is(CommandFlags.Script) && Row("FCALL_RO").Is(CommandFlags.Script | CommandFlags.MovableKeys));
        Assert.True(Row("BLPOP").Is(CommandFlags.Blocking) && Row("XREADGROUP").Is(CommandFlags.Blocking));
        Assert.True(Row("HELLO").Is(CommandFlags.NoAuth) && Row("AUTH").Is(CommandFlags.NoAuth));
        Assert.True(Row("SUBSCRIBE").Is(CommandFlags.PubSub));
        Assert.False(Row("GET").Is(CommandFlags.Write));
    }

    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(2, 3, false)]
    [InlineData(-2, 1, false)]
    [InlineData(-2, 2, true)]
    [InlineData(-2, 9, true)]
    public void Arity_counts_the_name_and_negative_means_at_least(int arity, int arguments, bool accepted) =>
        Assert.Equal(accepted, new CommandInfo("X", arity, CommandFlags.None, 0, 0, 0).AcceptsArgumentCount(arguments));

    [Fact]
    public void A_filtered_table_has_only_what_was_kept()
    {
        var table = CommandTable.Redis.Where(row => row.Name is not ("GET" or "CLIENT|SETNAME" or "OBJECT"));

        Assert.Null(table.Find("GET"u8));
        Assert.Equal("CLIENT", table.Find("CLIENT"u8, "SETNAME"u8)?.Name);
        Assert.Equal("OBJECT|FREQ", table.Find("OBJECT"u8, "FREQ"u8)?.Name);
        Assert.Null(table.Find("OBJECT"u8, "NOSUCH"u8));
        Assert.Equal(CommandTable.Redis.All.Count - 3, table.All.Count);
    }

    [Fact]
    public void A_name_may_stand_in_a_table_once()
    {
        var row = new CommandInfo("X", 1, CommandFlags.None, 0, 0, 0);

        Assert.Throws<ArgumentException>(() => new CommandTable([row, row with { Name = "x" }]));
        Assert.Throws<ArgumentException>(() => new CommandTable([row with { Name = "" }]));
    }

    [Fact]
    public void A_reply_of_COMMAND_keeps_what_the_table_knows_better()
    {
        var table = CommandTable.FromCommandReply(Encoding.ASCII.GetBytes(
            "*5\r\n"
            + "*6\r\n$3\r\nget\r\n:-2\r\n*1\r\n+write\r\n:0\r\n:0\r\n:0\r\n"
            + "*10\r\n$12\r\nDELIFGREATER\r\n:2\r\n*0\r\n:1\r\n:1\r\n:1\r\n*0\r\n*0\r\n*0\r\n*0\r\n"
            + "*7\r\n$6\r\nnewcmd\r\n:3\r\n~2\r\n+write\r\n+fast\r\n:1\r\n:2\r\n:1\r\n*1\r\n+@slow\r\n"
            + "*6\r\n$6\r\nobject\r\n:-2\r\n*0\r\n:2\r\n:2\r\n:1\r\n"
            + "*-1\r\n"));

        Assert.Equal(CommandTable.Redis.Find("GET"u8)! with { Arity = -2 }, table.Find("GET"u8));
        Assert.Equal(CommandTable.Redis.Find("DELIFGREATER"u8), table.Find("DELIFGREATER"u8));
        Assert.Equal(new CommandInfo("NEWCMD", 3, CommandFlags.Write, 1, 2, 1), table.Find("newcmd"u8));
        Assert.Equal("OBJECT|FREQ", table.Find("OBJECT"u8, "FREQ"u8)?.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+OK\r\n")]
    [InlineData("-ERR no\r\n")]
    [InlineData("*1\r\n")]
    [InlineData("*1\r\n*6\r\n$3\r\nget\r\n+x\r\n*0\r\n:0\r\n:0\r\n:0\r\n")]
    [InlineData("*1\r\n*6\r\n:3\r\n:1\r\n*0\r\n:0\r\n:0\r\n:0\r\n")]
    public void What_is_no_reply_of_COMMAND_is_refused(string reply) =>
        Assert.Throws<RespFormatException>(() => CommandTable.FromCommandReply(Encoding.ASCII.GetBytes(reply)));

    private static CommandInfo Row(string name) => CommandTable.Redis.Find(Encoding.ASCII.GetBytes(name))!;

    private static string Mixed(string name) =>
        string.Concat(name.Select((letter, index) => index % 2 == 0 ? char.ToLowerInvariant(letter) : letter));
}
