using System.Text;
using Baton.Server.Proxy.Sessions;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

public sealed class NonBlockingFormTests
{
    [Theory]
    [InlineData("BLPOP a b 0", "LMPOP 2 a b LEFT", "a b")]
    [InlineData("BRPOP a 1.5", "LMPOP 1 a RIGHT", "a")]
    [InlineData("BZPOPMIN a 0", "ZMPOP 1 a MIN", "a")]
    [InlineData("BZPOPMAX a b 0", "ZMPOP 2 a b MAX", "a b")]
    [InlineData("BLMPOP 0 2 a b LEFT COUNT 5", "LMPOP 2 a b LEFT COUNT 5", "a b")]
    [InlineData("BZMPOP 3 1 a MIN", "ZMPOP 1 a MIN", "a")]
    [InlineData("BLMOVE a b LEFT RIGHT 0", "LMOVE a b LEFT RIGHT", "a")]
    [InlineData("BRPOPLPUSH a b 0", "LMOVE a b RIGHT LEFT", "a")]
    public void A_blocking_command_becomes_one_that_does_not_block(string blocking, string expected, string keys)
    {
        NonBlockingForm form = Form(blocking)!;

        string sent = string.Join(' ', Encoding.ASCII.GetString(form.Command).Split("\r\n").Where((_, index) => index > 0 && index % 2 == 0));
        Assert.Equal(expected, sent.TrimEnd());
        Assert.Equal(keys.Split(' '), form.Keys.Select(Encoding.ASCII.GetString));
    }

    [Theory]
    [InlineData("BLPOP 0")]
    [InlineData("BLMPOP 0 9 a LEFT")]
    [InlineData("BLMPOP 0 x a LEFT")]
    [InlineData("BLMOVE a b LEFT 0")]
    [InlineData("XREAD BLOCK 0 STREAMS a $")]
    public void What_is_malformed_or_has_no_such_form_is_left_to_the_engine(string blocking) => Assert.Null(Form(blocking));

    [Theory]
    [InlineData("BLPOP a 0", "*2\r\n$1\r\na\r\n*1\r\n$1\r\nx\r\n", "*2\r\n$1\r\na\r\n$1\r\nx\r\n")]
    [InlineData("BZPOPMIN a 0", "*2\r\n$1\r\na\r\n*1\r\n*2\r\n$1\r\nm\r\n,1.5\r\n", "*3\r\n$1\r\na\r\n$1\r\nm\r\n,1.5\r\n")]
    [InlineData("BLMPOP 0 1 a LEFT", "*2\r\n$1\r\na\r\n*1\r\n$1\r\nx\r\n", "*2\r\n$1\r\na\r\n*1\r\n$1\r\nx\r\n")]
    [InlineData("BLPOP a 0", "-WRONGTYPE no\r\n", "-WRONGTYPE no\r\n")]
    public void The_reply_gets_the_blocking_commands_shape(string blocking, string reply, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(Form(blocking)!.Convert(Encoding.ASCII.GetBytes(reply))));

    private static NonBlockingForm? Form(string command)
    {
        string[] words = command.Split(' ');
        return NonBlockingForm.Of(words[0], [.. words.Select(Encoding.ASCII.GetBytes)]);
    }
}
