using System.Globalization;
using System.Text;
using CsCheck;
using Xunit;

namespace Baton.Client.Tests.Commands;

public sealed class InterpolatedCommandTests
{
    private const string Ok = "+OK|";

    [Fact]
    public async Task Literal_text_is_split_at_blanks_and_holes_are_arguments()
    {
        string key = "k";
        Assert.Equal(["SET", "k", "a b\r\nc", "EX", "60"], await SentAsync(c => c.ExecuteAsync<bool>($"SET {key} {"a b\r\nc"} EX {60}")));
    }

    [Fact]
    public async Task A_hole_that_touches_text_is_a_part_of_that_argument() =>
        Assert.Equal(["GET", "user:42:name"], await SentAsync(c => c.ExecuteAsync<string>($"GET user:{42}:name")));

    [Fact]
    public async Task A_sequence_is_one_argument_for_each_element()
    {
        string[] keys = ["a", "b c"];
        long[] numbers = [1, 2];
        Assert.Equal(["MGET", "a", "b c", "1", "2"], await SentAsync(c => c.ExecuteAsync<bool>($"MGET {keys} {numbers}")));
    }

    [Fact]
    public async Task An_empty_hole_is_an_empty_argument() =>
        Assert.Equal(["ECHO", ""], await SentAsync(c => c.ExecuteAsync<string>($"ECHO {""}")));

    [Fact]
    public async Task Numbers_do_not_depend_on_the_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "minus";
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.Equal(
                ["DEL", "-5", "1.5", "inf", "1", "-inf", "0.1"],
                await SentAsync(c => c.ExecuteAsync<bool>($"DEL {-5} {1.5} {double.PositiveInfinity} {true} {(RedisValue)double.NegativeInfinity} {(RedisValue)0.1}")));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // Each of these would become a double, or a number, if C# chose among the other conversions.
    [Fact]
    public async Task Every_numeric_type_and_a_character_are_sent_as_they_are_written()
    {
        string[] expected = ["SET", "18446744073709551615", "4294967295", "65535", "255", "-128", "-32768", "0.1", "a"];
        var holes = await SentAsync(c => c.ExecuteAsync<bool>(
            $"SET {ulong.MaxValue} {uint.MaxValue} {ushort.MaxValue} {byte.MaxValue} {sbyte.MinValue} {short.MinValue} {0.1f} {'a'}"));
        Assert.Equal(expected, holes);
        RedisValue[] values = [ulong.MaxValue, uint.MaxValue, ushort.MaxValue, byte.MaxValue, sbyte.MinValue, short.MinValue, 0.1f, 'a'];
        Assert.Equal(expected[1..], values.Select(static value => value.ToString()));
    }

    [Fact]
    public void A_null_is_no_key_of_either_kind()
    {
        Assert.Throws<ArgumentNullException>(static () => (RedisKey)(string)null!);
        Assert.Throws<ArgumentNullException>(static () => (RedisKey)(byte[])null!);
    }

    [Fact]
    public async Task Bytes_travel_as_they_are()
    {
        byte[] bytes = [0, 255, 13, 10, 128];
        var commands = new ScriptedCommands(Ok);
        await commands.ExecuteAsync<bool>($"SET {(RedisKey)bytes} {(RedisValue)bytes} {bytes} {bytes.AsSpan()}");

        var arguments = Wire.Arguments(commands.LastFrame);
        Assert.All(arguments[1..], argument => Assert.Equal(bytes, Encoding.Latin1.GetBytes(argument)));
    }

    [Fact]
    public void Whatever_stands_in_a_hole_is_exactly_one_argument() => Gen.String.Array[1, 8].Sample(
        holes =>
        {
            var commands = new ScriptedCommands(Ok);
            commands.ExecuteAsync<bool>($"DEL {holes[0]} x {holes[^1]}").AsTask().GetAwaiter().GetResult();

            var sent = Wire.Arguments(commands.LastFrame);
            Assert.Equal(4, sent.Length);
            Assert.Equal(Encoding.UTF8.GetBytes(holes[0]), Encoding.Latin1.GetBytes(sent[1]));
            Assert.Equal(Encoding.UTF8.GetBytes(holes[^1]), Encoding.Latin1.GetBytes(sent[3]));
        },
        iter: 500);

    [Fact]
    public async Task A_null_or_an_empty_command_says_what_is_wrong()
    {
        var commands = new ScriptedCommands(Ok);

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await commands.ExecuteAsync<bool>($"SET k {(string)null!}"));
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await commands.ExecuteAsync<bool>($"  "));
        Assert.Contains("empty", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_thrown_also_where_any_reply_was_asked_for()
    {
        var commands = new ScriptedCommands("-WRONGTYPE not a list|", "*2|:1|-ERR inside|");

        var error = await Assert.ThrowsAsync<RedisServerException>(async () => await commands.ExecuteAsync($"LLEN k"));
        Assert.Equal("WRONGTYPE", error.Code);

        var reply = await commands.ExecuteAsync($"LRANGE k 0 -1");
        Assert.True(reply.Items[1].IsError);
        Assert.Null(reply.AsBytes());
    }

    private static async Task<string[]> SentAsync<T>(Func<RedisCommands, ValueTask<T>> call)
    {
        var commands = new ScriptedCommands(Ok);
        await call(commands);
        return Wire.Arguments(commands.LastFrame);
    }
}
