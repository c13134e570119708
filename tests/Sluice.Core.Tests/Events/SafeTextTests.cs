using Sluice.Events;

namespace Sluice.Core.Tests.Events;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("invoice.paid", "invoice.paid")]
    [InlineData("é ☕ 😀", "é ☕ 😀")]
    [InlineData("a\r\nb", "a??b")]
    [InlineData("a\tb", "a?b")]
    [InlineData("\0", "?")]
    [InlineData("\u001b[31mred", "?[31mred")]
    [InlineData("\u007f\u0080\u009b", "???")]
    [InlineData("${jndi:ldap://x}", "${jndi:ldap://x}")]
    public void Control_characters_become_question_marks_and_nothing_else_changes(string text, string safe) => Assert.Equal(safe, SafeText.OneLine(text));

    [Fact]
    public void The_usual_text_is_not_copied()
    {
        var text = new string('x', 300);
        Assert.Same(text, SafeText.OneLine(text));
    }

    [Theory]
    [InlineData(300, 300)]
    [InlineData(301, 300)]
    [InlineData(1_000_000, 300)]
    public void A_text_is_cut_at_its_limit(int length, int kept) => Assert.Equal(new string('x', kept), SafeText.OneLine(new string('x', length)));

    [Fact]
    public void A_cut_leaves_no_half_of_a_letter()
    {
        var text = SafeText.OneLine(new string('x', 9) + "😀😀", 10);
        Assert.Equal(10, text.Length);
        Assert.DoesNotContain(text, char.IsSurrogate);
    }

    [Theory]
    [InlineData("plain é ☕", true)]
    [InlineData("", true)]
    [InlineData("a\nb", false)]
    [InlineData("\0", false)]
    [InlineData("\u007f", false)]
    [InlineData("\u009f", false)]
    [InlineData("\u00a0", true)]
    public void Plain_text_has_no_control_character(string text, bool plain) => Assert.Equal(plain, SafeText.IsPlain(text));
}
