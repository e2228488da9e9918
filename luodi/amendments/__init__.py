"""What is changed about a running problem on application: more time, merged, void; urging; handing over a desk."""
